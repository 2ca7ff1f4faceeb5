// Preload of a process whose disk is to fail, or which is to be killed, at one moment: MOP_DISTURB holds {at, path, nth, act}.
//   at    write · append · sync · rename (before) · renamed (after)
//   path  a regular expression for the file's path
//   act   kill (SIGKILL, a write being half done) · short (half is taken, the caller goes on) · ENOSPC, EIO (half is taken, then this and
//         all later writes fail)
// Every write of the process passes here, whichever package makes it: run files, score store and lock alike.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const { at, path, nth, act } = JSON.parse(process.env.MOP_DISTURB);
const wanted = new RegExp(path);
let met = 0;
let broken = false;

const failure = () => Object.assign(new Error('injected'), { code: act });
const kill = () => process.kill(process.pid, 'SIGKILL');
const isNow = (kind, name) => kind === at && wanted.test(String(name)) && ++met === nth;

/** Half of a write, then what is to happen. */
async function disturbed(half) {
  const taken = await half();
  if (act === 'kill') kill();
  if (act === 'short') return taken;
  broken = true;
  throw failure();
}

function watched(handle, name) {
  const [write, appendFile] = [handle.write.bind(handle), handle.appendFile.bind(handle)];
  handle.write = (bytes, offset, length, position) => {
    if (broken) return Promise.reject(failure());
    if (!isNow('write', name)) return write(bytes, offset, length, position);
    return disturbed(() => write(bytes, offset, Math.ceil(length / 2), position));
  };
  handle.appendFile = (content) => {
    if (broken) return Promise.reject(failure());
    if (!isNow('append', name)) return appendFile(content);
    return disturbed(() => appendFile(Buffer.from(content).subarray(0, Math.floor(content.length / 2))));
  };
  for (const kind of ['sync', 'datasync']) {
    const real = handle[kind].bind(handle);
    handle[kind] = async () => {
      if (isNow('sync', name)) await disturbed(() => undefined);
      return real();
    };
  }
  return handle;
}

const { open, rename } = fs.promises;
fs.promises.open = async (name, ...words) => watched(await open(name, ...words), name);
fs.promises.rename = async (from, to) => {
  if (isNow('rename', to)) await disturbed(() => undefined);
  await rename(from, to);
  if (isNow('renamed', to)) await disturbed(() => undefined);
};
syncBuiltinESMExports();
