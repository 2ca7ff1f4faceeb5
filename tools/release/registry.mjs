// An npm registry of one's own: verdaccio on loopback, in a folder that is thrown away, without a way to any other registry.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { root } from '../ci/processes.mjs';

/** Everyone may publish and nobody can register: it lives for minutes and answers this machine alone. */
const CONFIG = `storage: ./storage
auth: { htpasswd: { file: ./htpasswd, max_users: -1 } }
packages: { '**': { access: $all, publish: $all } }
web: { enable: false }
max_body_size: 500mb
log: { type: file, path: ./verdaccio.log, level: warn }
`;

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Waits until the registry answers. @throws Error with its log when it ended or stayed silent for a minute */
async function answering(address, child, folder) {
  for (let waited = 0; waited < 60_000 && child.exitCode === null; waited += 200) {
    const answer = await fetch(`${address}/-/ping`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  child.kill();
  throw new Error(`verdaccio did not start.\n${readFileSync(join(folder, 'verdaccio.log'), 'utf8')}`);
}

/**
 * Starts a registry whose files stand in a folder.
 * @param {string} folder made if missing
 * @returns its npm settings as lines of .npmrc, the size of a published tarball in bytes, a package's document, and a way to end it
 */
export async function startRegistry(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.yaml'), CONFIG);
  writeFileSync(join(folder, 'verdaccio.log'), '');
  const host = `127.0.0.1:${await freePort()}`;
  const script = join(root, 'node_modules/verdaccio/bin/verdaccio');
  const args = [script, '--config', join(folder, 'config.yaml'), '--listen', host];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: 'ignore' });
  await answering(`http://${host}`, child, folder);
  return {
    npmrc: `@mixture-of-personas:registry=http://${host}/\n//${host}/:_authToken=rehearsal\n`,
    tarballSize: (name, version) =>
      statSync(join(folder, 'storage/@mixture-of-personas', name, `${name}-${version}.tgz`)).size,
    document: async (name) => (await fetch(`http://${host}/@mixture-of-personas%2f${name}`)).json(),
    stop: async () => {
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
