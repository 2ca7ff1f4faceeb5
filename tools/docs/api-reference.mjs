// `npm run docs`: the API reference of every package in out-docs/, from the comments in the sources. A warning is an error.
import { install, runScript } from '../ci/processes.mjs';

process.exitCode = install() && runScript('typedoc/bin/typedoc', []).ok ? 0 : 1;
