// usage: npm run bench -- encoder [embedded|onnx|--smoke] [ARGS]      embedded if none is named; --smoke runs the smallest size of both
const USAGE = 'usage: npm run bench -- encoder [embedded|onnx|--smoke] [ARGS]';
const [engine = 'embedded'] = process.argv.splice(2, 1);
if (engine === '--smoke') {
  process.argv.push('--texts', '8', '--rounds', '1');
  await import('./embedded.mjs');
  await import('./onnx.mjs');
} else if (engine === 'embedded') await import('./embedded.mjs');
else if (engine === 'onnx') await import('./onnx.mjs');
else {
  console.error(USAGE);
  process.exitCode = 1;
}
