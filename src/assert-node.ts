import { NEEDED_NODE, isEnough } from './needed-node.ts';

// Import this before everything else: on an older Node another import may fail with an error that helps nobody.
if (!isEnough(process.versions.node)) {
  process.stderr.write(
    `hookcast: this is Node ${process.versions.node}, and ${NEEDED_NODE} or newer is needed: install it from ` +
      'https://nodejs.org, or run "npx hookcast", which finds or fetches one.\n',
  );
  process.exit(1);
}
