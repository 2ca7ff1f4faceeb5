import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createAtomic, realDisk, writeAtomically, type Disk } from '../../src/data/atomic.js';
import { scratch } from '../support/scratch.js';

/** A real disk on which one operation fails after some bytes. */
function failing(at: 'create' | 'write' | 'sync' | 'rename', code: string, room = 0): Disk {
  const fault = (): never => {
    throw Object.assign(new Error(`${code}: it failed`), { code });
  };
  return {
    ...realDisk,
    create: async (path) => {
      if (at === 'create') fault();
      const handle = await realDisk.create(path);
      let left = room;
      return {
        write: async (bytes, offset, length, position) => {
          if (at === 'write' && left < length) {
            if (left === 0) fault();
            const partial = await handle.write(bytes, offset, left, position);
            left = 0;
            return partial;
          }
          left -= length;
          return handle.write(bytes, offset, length, position);
        },
        sync: async () => (at === 'sync' ? fault() : handle.sync()),
        close: () => handle.close(),
      };
    },
    rename: async (from, to) => (at === 'rename' ? fault() : realDisk.rename(from, to)),
  };
}

describe('writing a file atomically', () => {
  it('replaces the content and leaves nothing else behind', async () => {
    const folder = await scratch({ 'a.txt': 'old' });
    await writeAtomically(join(folder, 'a.txt'), 'new');
    await writeAtomically(join(folder, 'below/b.bin'), Uint8Array.from([1, 2]));
    expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('new');
    expect(await readdir(folder)).toEqual(['a.txt', 'below']);
  });

  it.each(['create', 'write', 'sync', 'rename'] as const)(
    'keeps the old content, removes its own, and says that the disk is full: at %s',
    async (at) => {
      const folder = await scratch({ 'a.txt': 'old' });
      const writing = writeAtomically(
        join(folder, 'a.txt'),
        'something longer than the room',
        failing(at, 'ENOSPC', 5),
      );
      await expect(writing).rejects.toMatchObject({
        code: 'ENOSPC',
        message: expect.stringContaining('the disk is full'),
      });
      expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('old');
      expect(await readdir(folder)).toEqual(['a.txt']);
    },
  );

  it('says a quota or a read-only disk in the same way', async () => {
    const folder = await scratch();
    await expect(writeAtomically(join(folder, 'a'), 'x', failing('sync', 'EDQUOT'))).rejects.toMatchObject({
      code: 'ENOSPC',
    });
    await expect(writeAtomically(join(folder, 'a'), 'x', failing('create', 'EROFS'))).rejects.toThrow(/read-only/);
  });

  it('goes on after a write that took only a part', async () => {
    const folder = await scratch();
    const slow: Disk = {
      ...realDisk,
      create: async (path) => {
        const handle = await realDisk.create(path);
        return {
          sync: () => handle.sync(),
          close: () => handle.close(),
          write: (bytes, offset, length, at) => handle.write(bytes, offset, Math.min(2, length), at),
        };
      },
    };
    await writeAtomically(join(folder, 'a'), 'seven b', slow);
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('seven b');
  });

  it('removes what was written when the source of a stream fails', async () => {
    const folder = await scratch({ a: 'old' });
    async function* source(): AsyncGenerator<string> {
      yield await Promise.resolve('first');
      throw new Error('source failed');
    }
    await expect(writeAtomically(join(folder, 'a'), source())).rejects.toThrow('source failed');
    expect(await readdir(folder)).toEqual(['a']);
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('old');
  });

  it('can write a header again when its content is known', async () => {
    const folder = await scratch();
    const file = await createAtomic(join(folder, 'a'));
    await file.append('0 rows;');
    await file.append('r1;r2;');
    await file.patch(0, new TextEncoder().encode('2'));
    await file.commit();
    expect(await readFile(join(folder, 'a'), 'utf8')).toBe('2 rows;r1;r2;');
  });

  it('never takes the place of a folder or a device', async () => {
    await expect(writeAtomically(tmpdir(), 'x')).rejects.toThrow('is a folder, not a file');
    await expect(writeAtomically('/dev/null', 'x')).rejects.toThrow('is a device or a pipe, not a file');
  });
});
