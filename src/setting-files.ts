import { readFileSync } from 'node:fs';
import { IN_FILES } from './settings.ts';

export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Returns the environment with settings from files: `EDUZZ_SECRETS_FILE=/run/secrets/eduzz` sets EDUZZ_SECRETS to the present contents
 * of the file. The variables of a process never change, but files do.
 */
export function readFiles(
  env: Variables,
  names: readonly string[] = IN_FILES,
): { readonly env: Variables; readonly problems: readonly string[] } {
  const whole: Record<string, string | undefined> = { ...env };
  const problems: string[] = [];
  for (const name of names) {
    const file = env[`${name}_FILE`]?.trim();
    if (!file) continue;
    delete whole[`${name}_FILE`];
    if (env[name]?.trim()) {
      problems.push(`${name}_FILE: ${name} is set as well; set only one of them`);
      continue;
    }
    try {
      whole[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      problems.push(
        `${name}_FILE: ${file} can't be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      );
    }
    if (whole[name] === '') problems.push(`${name}_FILE: ${file} is empty`);
  }
  return { env: whole, problems };
}
