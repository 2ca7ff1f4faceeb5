// Preload of a process whose modules are to be known: each module that is resolved is told on the port that `globalThis.resolved` reads.
import { register } from 'node:module';
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';

const { port1, port2 } = new MessageChannel();
const hooks = `
  let port;
  export const initialize = (given) => { port = given; };
  export async function resolve(specifier, context, next) {
    const found = await next(specifier, context);
    port.postMessage(found.url);
    return found;
  }`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`, { data: port2, transferList: [port2] });
port1.unref();

/** URLs of the modules resolved so far, and paths of the native libraries in the process. */
globalThis.loaded = () => {
  const urls = [];
  for (let told = receiveMessageOnPort(port1); told !== undefined; told = receiveMessageOnPort(port1)) {
    urls.push(told.message);
  }
  process.report.excludeNetwork = true;
  return [...urls, ...process.report.getReport().sharedObjects];
};
