// `npm run setup`: from a fresh clone to built packages and the command `mop` in node_modules/.bin.
import { install, linkCommand, runScript } from './processes.mjs';

const nx = ['run-many', '-t', 'build', '--outputStyle=static'];
process.exitCode = install() && runScript('nx/dist/bin/nx.js', nx).ok && linkCommand() ? 0 : 1;
