// The layout that Python's huggingface_hub keeps, so that both share downloads:
// models--OWNER--NAME/{refs/REVISION, blobs/ETAG, snapshots/COMMIT/FILE → ../../blobs/ETAG, .no_exist/COMMIT/FILE}.
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** Folder of the hub cache: `HF_HUB_CACHE`, else `hub` in `HF_HOME`, else `huggingface/hub` in the user's cache folder. */
export function hubCacheFolder(): string {
  const { HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = process.env;
  const home = HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface');
  return HF_HUB_CACHE || HUGGINGFACE_HUB_CACHE || join(home, 'hub');
}

/** The part of the cache that one model has. */
export class ModelCache {
  readonly #folder: string;

  constructor(cacheFolder: string, id: string) {
    this.#folder = join(cacheFolder, `models--${id.replace('/', '--')}`);
  }

  /** Commit that a revision had when it was fetched; undefined before that. */
  commitOf(revision: string): string | undefined {
    const ref = join(this.#folder, 'refs', revision);
    if (existsSync(ref)) return readFileSync(ref, 'utf8').trim();
    return existsSync(this.snapshot(revision)) ? revision : undefined;
  }

  setCommit(revision: string, commit: string): void {
    if (revision !== commit) writeWithFolder(join(this.#folder, 'refs', revision), commit);
    mkdirSync(this.snapshot(commit), { recursive: true });
  }

  /** Folder of the files of a commit. */
  snapshot(commit: string): string {
    return join(this.#folder, 'snapshots', commit);
  }

  /** Path of the bytes with an etag. */
  blob(etag: string): string {
    return join(this.#folder, 'blobs', etag);
  }

  /** Whether the repository is known to lack a file. */
  lacks(commit: string, name: string): boolean {
    return existsSync(join(this.#folder, '.no_exist', commit, name));
  }

  /** Records that the repository lacks a file. */
  setLacking(commit: string, name: string): void {
    writeWithFolder(join(this.#folder, '.no_exist', commit, name), '');
  }

  /** Puts a blob into a snapshot under the file's name; a copy where the system allows no links. */
  link(commit: string, name: string, etag: string): string {
    const path = join(this.snapshot(commit), name);
    mkdirSync(dirname(path), { recursive: true });
    try {
      symlinkSync(relative(dirname(path), this.blob(etag)), path);
    } catch {
      if (!existsSync(path)) copyFileSync(this.blob(etag), path);
    }
    return path;
  }
}

function writeWithFolder(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
