import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { realDisk, writeAtomically, type Disk } from '../data/atomic.js';
import { aboutPath, codeOf } from '../errors.js';

/** The few disk operations a run needs, as a value: a test hands in a disk that fills up. */
export interface RunFiles {
  /** The bytes of a file, or undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** Replaces a file as a whole: after a kill or a failure at any moment the old or the new content is there, never a mixture. */
  write(path: string, content: Uint8Array | string): Promise<void>;
  /** Adds to the end of a file, made when it is not there; a kill may leave a beginning of the content. */
  append(path: string, content: Uint8Array | string): Promise<void>;
  /** Renames a damaged file to the first free `PATH.damaged-N`. @returns its new name, without the folder */
  setAside(path: string): Promise<string>;
  /** Removes a file or a folder; no error when it is not there. */
  remove(path: string): Promise<void>;
}

/** SHA-256 in hex. */
export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A run's files on a disk. All its errors say which path and what to do. */
export function filesOn(disk: Disk = realDisk): RunFiles {
  return {
    read: readIfThere,
    write: (path, content) => writeAtomically(path, content, disk),
    append: appendDurably,
    setAside: (path) => setAside(path, disk),
    remove: (path) => rm(path, { force: true, recursive: true }),
  };
}

async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    // A plain array: Buffer's own `slice` shares memory, which formats that copy with `slice` do not expect.
    return new Uint8Array(await readFile(path));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw aboutPath(path, error);
  }
}

async function setAside(path: string, disk: Disk): Promise<string> {
  try {
    const names = new Set(await readdir(dirname(path)));
    let n = 1;
    while (names.has(`${basename(path)}.damaged-${n}`)) n++;
    await disk.rename(path, `${path}.damaged-${n}`);
    return `${basename(path)}.damaged-${n}`;
  } catch (error) {
    throw aboutPath(path, error);
  }
}

async function appendDurably(path: string, content: Uint8Array | string): Promise<void> {
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
    throw aboutPath(path, error);
  }
}
