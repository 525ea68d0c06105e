import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { rsaPublicKey } from '../../public-key.ts';
import { keyTexts, list } from '../../setting-lists.ts';
import { shippedSource } from '../shipped-source.ts';

const rsaKeys = keyTexts.transform((texts, context): readonly KeyObject[] => {
  const keys: KeyObject[] = [];
  for (const part of texts) {
    try {
      keys.push(rsaPublicKey(part));
    } catch (error) {
      context.addIssue(`key ${keys.length + 1} is ${(error as Error).message}; paste the PEM, or base64 of it`);
      return z.NEVER;
    }
  }
  return keys;
});

/** The accounts are the installations. The provider itself gets them as an option. */
export const wixSource = shippedSource({
  name: 'wix',
  settings: { WIX_PUBLIC_KEYS: rsaKeys, WIX_APP_ID: z.string(), WIX_INSTANCE_IDS: list },
  needs: 'WIX_PUBLIC_KEYS',
  read: ({ WIX_PUBLIC_KEYS: publicKeys = [], WIX_INSTANCE_IDS: instanceIds, WIX_APP_ID: appId = null }) => ({
    publicKeys,
    instanceIds: instanceIds?.length ? new Set(instanceIds) : null,
    appId,
  }),
  make: async (options) => (await import('./wix.ts')).wix(options),
  isDefault: true,
  prefix: 'WIX_',
});
