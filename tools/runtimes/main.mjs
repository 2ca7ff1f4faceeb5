// Prints the figures as JSON: the program that Node, Deno and Bun run.
import { figures } from './figures.mjs';

console.log(JSON.stringify(await figures()));
