import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RunError, systemCode } from './errors.js';

/** The few disk operations a run needs, as a value: a test hands in a disk that fills up. */
export interface RunFiles {
  /** The bytes of a file, or undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Replaces a file as a whole: after a kill or a failure at any moment the old or the new content is there, never a mixture. */
  write(path: string, content: Uint8Array | string): Promise<void>;
  /** Adds to the end of a file, made when it is not there; a kill may leave a beginning of the content. */
  append(path: string, content: string): Promise<void>;
  /** Removes a file or a folder; no error when it is not there. */
  remove(path: string): Promise<void>;
}

/** SHA-256 in hex. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A full disk as a sentence that says what survives; every other error as it came. */
export function diskError(path: string, error: unknown): unknown {
  if (systemCode(error) !== 'ENOSPC' && systemCode(error) !== 'EDQUOT') return error;
  return new RunError(
    'disk-full',
    `The disk is full: ${path} could not be written. Everything finished before it is kept; free some space and run the same command again.`,
  );
}

async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.tmp-${process.pid}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The real disk: temporary file, fsync, rename. */
export const diskFiles: RunFiles = {
  async read(path) {
    try {
      return await readFile(path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  },
  async write(path, content) {
    try {
      await replaceFile(path, content);
    } catch (error) {
      throw diskError(path, error);
    }
  },
  async append(path, content) {
    try {
      await mkdir(dirname(path), { recursive: true });
      const handle = await open(path, 'a');
      try {
        await handle.appendFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
    } catch (error) {
      throw diskError(path, error);
    }
  },
  async remove(path) {
    await rm(path, { force: true, recursive: true });
  },
};
