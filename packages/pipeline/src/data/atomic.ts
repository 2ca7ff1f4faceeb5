import { lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { aboutPath, UserError } from '../errors.js';

/** An open file: the part of FileHandle that is needed here. */
export interface FileHandleLike {
  write(bytes: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The disk, as a value: tests hand in one that fills up. */
export interface Disk {
  makeFolder(path: string): Promise<unknown>;
  create(path: string): Promise<FileHandleLike>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/** A file takes the place of a file, never of a folder or a device: renamed over, /dev/null would be a plain file from then on. */
async function requireReplaceable(path: string): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (there === undefined || there.isFile() || there.isSymbolicLink()) return;
  const kind = there.isDirectory() ? 'a folder' : 'a device or a pipe';
  const remedy = 'Give the path of a file to write.';
  throw new UserError('not-a-file', `${path} is ${kind}, not a file.`, { remedy });
}

/** The real disk. */
export const realDisk: Disk = {
  makeFolder: (path) => mkdir(path, { recursive: true }),
  create: (path) => open(path, 'w'),
  rename,
  remove: (path) => rm(path, { force: true }),
};

/** A file that appears under its name complete or not at all. Call `commit` or `discard` exactly once. */
export interface AtomicFile {
  /** Adds to the end; text as UTF-8. */
  append(content: Uint8Array | string): Promise<void>;
  /** Overwrites bytes that were appended before, such as a header whose row count is known only at the end. */
  patch(position: number, bytes: Uint8Array): Promise<void>;
  /** Makes the content durable, then gives it its name; what stood there before is replaced in one step. */
  commit(): Promise<void>;
  /** Removes what was written; the file under the final name is as it was. */
  discard(): Promise<void>;
}

/**
 * Opens a file for atomic writing: temporary file beside it, fsync, rename. When anything fails, a full disk included, the
 * temporary file is removed and the old content stays.
 * @throws UserError (`ENOSPC`, `EACCES`, `not-a-file`, …) with the path
 */
export async function createAtomic(path: string, disk: Disk = realDisk): Promise<AtomicFile> {
  const temporary = `${path}.tmp-${process.pid}`;
  const handle = await guarded(path, async () => {
    await requireReplaceable(path);
    await disk.makeFolder(dirname(path));
    return disk.create(temporary);
  });
  let length = 0;
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await handle.close();
    open = false;
  };
  const discard = async (): Promise<void> => {
    await close().catch(() => undefined);
    await disk.remove(temporary);
  };
  const step = (work: () => Promise<void>): Promise<void> =>
    guarded(path, work).catch(async (error: unknown) => {
      await discard();
      throw error;
    });
  return {
    append: (content) =>
      step(async () => {
        const bytes = typeof content === 'string' ? Buffer.from(content) : content;
        await writeAll(handle, bytes, length);
        length += bytes.length;
      }),
    patch: (position, bytes) => step(() => writeAll(handle, bytes, position)),
    commit: () =>
      step(async () => {
        await handle.sync();
        await close();
        await disk.rename(temporary, path);
      }),
    discard,
  };
}

/** Replaces a file as a whole (see `createAtomic`). @throws UserError with the path */
export async function writeAtomically(
  path: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array | string>,
  disk: Disk = realDisk,
): Promise<void> {
  const file = await createAtomic(path, disk);
  try {
    if (typeof content === 'string' || ArrayBuffer.isView(content)) await file.append(content);
    else for await (const piece of content) await file.append(piece);
  } catch (error) {
    await file.discard();
    throw error;
  }
  await file.commit();
}

/** A write may be partial; go on until all is there. */
async function writeAll(handle: FileHandleLike, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
  }
}

async function guarded<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw aboutPath(path, error);
  }
}
