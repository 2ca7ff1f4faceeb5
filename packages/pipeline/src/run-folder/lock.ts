import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { z } from 'zod';
import { aboutPath, codeOf, UserError } from '../errors.js';

const holderSchema = z.object({ pid: z.number(), host: z.string(), since: z.string() });

/** Holder of a run folder, and when it was taken (ISO 8601). */
export type LockHolder = Readonly<z.infer<typeof holderSchema>>;

/** A held lock. */
export interface RunLock {
  /** Gives the folder free; harmless when called twice. */
  release(): Promise<void>;
}

/** Identity of the asking process, and a check that another process is alive; tests hand in their own. */
export interface LockContext {
  readonly pid: number;
  readonly host: string;
  /** When the asking process started, ms since 1970: an older lock with its own pid is left over from before a restart. */
  readonly startedAt: number;
  readonly isAlive: (pid: number) => boolean;
}

/** This process. */
export function thisProcess(): LockContext {
  return { pid: process.pid, host: hostname(), startedAt: Date.now() - process.uptime() * 1000, isAlive };
}

/** Whether a process of this machine exists. A process of another user counts: the signal is refused, but it is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Takes a run folder for this process. The lock is one file that appears complete (`link`) or not at all; one left by a process of this host that no longer
 * lives (kill −9, power cut) is taken over.
 * @throws UserError `locked`, naming process, host and time, when somebody else is at work in the folder
 */
export async function acquireLock(path: string, context: LockContext = thisProcess()): Promise<RunLock> {
  await mkdir(dirname(path), { recursive: true });
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await createLock(path, context)) return { release: () => releaseLock(path, context) };
    const holder = await readHolder(path);
    if (holder !== undefined && !isStale(holder, context)) throw heldBy(path, holder);
    if (holder !== undefined) await takeAway(path, holder, context);
  }
  throw new UserError('locked', `${path} could not be locked after 3 attempts: other processes take and release it.`, {
    remedy: 'Wait for them and try again.',
  });
}

/**
 * The process that holds the lock, or undefined when nobody does.
 * @throws UserError `locked` when the file is not one of ours
 */
export async function readHolder(path: string): Promise<LockHolder | undefined> {
  try {
    const { success, data } = holderSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    if (success) return data;
    throw notALock(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error instanceof SyntaxError ? notALock(path) : error;
  }
}

async function createLock(path: string, { pid, host }: LockContext): Promise<boolean> {
  const holder: LockHolder = { pid, host, since: new Date().toISOString() };
  const draft = `${path}.${pid}`;
  try {
    await writeFile(draft, `${JSON.stringify(holder)}\n`);
    await link(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw aboutPath(path, error);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Removes a stale lock, unless a third process took it over in between: then its lock is put back. */
async function takeAway(path: string, stale: LockHolder, { pid }: LockContext): Promise<void> {
  const aside = `${path}.stale-${pid}`;
  try {
    await rename(path, aside);
    const found = await readHolder(aside);
    if (found !== undefined && found.since !== stale.since) await link(aside, path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function releaseLock(path: string, { pid, host }: LockContext): Promise<void> {
  const holder = await readHolder(path);
  if (holder?.pid === pid && holder.host === host) await rm(path, { force: true });
}

function isStale(holder: LockHolder, context: LockContext): boolean {
  if (holder.host !== context.host) return false;
  if (holder.pid === context.pid) return Date.parse(holder.since) < context.startedAt;
  return !context.isAlive(holder.pid);
}

function heldBy(path: string, { pid, host, since }: LockHolder): UserError {
  return new UserError('locked', `This run folder is in use by process ${pid} on ${host} since ${since}.`, {
    remedy: `Wait for it to end; if that process is gone, delete ${path}.`,
  });
}

function notALock(path: string): UserError {
  return new UserError('locked', `${path} is not a lock that mop wrote.`, {
    remedy: 'Delete it if no run is at work in this folder.',
  });
}
