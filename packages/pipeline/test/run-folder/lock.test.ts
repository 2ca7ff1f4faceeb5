import { describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { acquireLock, readHolder, thisProcess, type LockContext } from '../../src/run-folder/lock.js';

const newPath = async (): Promise<string> => join(await mkdtemp(join(tmpdir(), 'mop-lock-')), 'run.lock');
const process4711: LockContext = { pid: 4711, host: 'here', startedAt: 0, isAlive: () => true };
const process4712: LockContext = { ...process4711, pid: 4712 };

describe('acquireLock', () => {
  it('tells a second process who holds the folder and since when', async () => {
    const path = await newPath();
    await acquireLock(path, process4711);
    await expect(acquireLock(path, process4712)).rejects.toThrow(/process 4711 on here since 20/);
    expect((await readHolder(path))?.pid).toBe(4711);
  });

  it('lets the next one in after release, and release is harmless twice', async () => {
    const path = await newPath();
    const lock = await acquireLock(path, process4711);
    await lock.release();
    await lock.release();
    await acquireLock(path, process4712);
    await lock.release();
    expect((await readHolder(path))?.pid).toBe(4712);
  });

  it('takes over from a process of this host that is dead', async () => {
    const path = await newPath();
    await acquireLock(path, process4711);
    await acquireLock(path, { ...process4712, isAlive: () => false });
    expect((await readHolder(path))?.pid).toBe(4712);
  });

  it('never takes over from another host, whose processes it cannot see', async () => {
    const path = await newPath();
    await acquireLock(path, { ...process4711, host: 'there' });
    await expect(acquireLock(path, { ...process4712, isAlive: () => false })).rejects.toThrow(/on there/);
  });

  it('takes over a lock with its own pid from before it started, as after a restart of a container', async () => {
    const path = await newPath();
    await acquireLock(path, process4711);
    await expect(acquireLock(path, process4711)).rejects.toThrow(/in use/);
    await acquireLock(path, { ...process4711, startedAt: Date.now() + 1000 });
  });

  it('lets one of many in when all find the same stale lock', async () => {
    const path = await newPath();
    await acquireLock(path, process4711);
    const contenders = Array.from({ length: 8 }, (_, i) => ({
      ...process4711,
      pid: 5000 + i,
      isAlive: (pid: number) => pid >= 5000,
    }));
    const results = await Promise.allSettled(contenders.map((contender) => acquireLock(path, contender)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('leaves a file alone that it did not write', async () => {
    const path = await newPath();
    await writeFile(path, 'notes');
    await expect(acquireLock(path, process4711)).rejects.toThrow(/not a lock/);
    expect(await readFile(path, 'utf8')).toBe('notes');
  });

  it('knows by default that this process lives', () => {
    const { pid, isAlive } = thisProcess();
    expect(isAlive(pid)).toBe(true);
  });
});
