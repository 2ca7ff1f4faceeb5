import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const SHARED = fileURLToPath(new URL('../../../../../shared/', import.meta.url));

/** A file or folder of the reference data that lies beside a clone. */
export const sharedPath = (name: string): string => `${SHARED}${name}`;

/** Tests that read the reference data; without it, one test says so by its name. */
export function describeWithShared(title: string, tests: () => void): void {
  if (existsSync(SHARED)) describe(title, tests);
  else
    describe(title, () =>
      it('skipped: ../shared is not beside this clone', () => expect(existsSync(SHARED)).toBe(false)),
    );
}
