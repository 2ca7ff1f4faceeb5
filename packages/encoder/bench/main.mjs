// usage: npm run bench -- encoder [embedded|onnx] [ARGS]      embedded if none is named
const [engine = 'embedded'] = process.argv.splice(2, 1);
if (engine === 'embedded') await import('./embedded.mjs');
else if (engine === 'onnx') await import('./onnx.mjs');
else {
  console.error('usage: npm run bench -- encoder [embedded|onnx] [ARGS]');
  process.exitCode = 1;
}
