/** The name of a model choice that does not change with the addresses of servers: `server:MODEL` for theirs, the choice itself for others. */
export function addressless(choice: string): string {
  const hash = choice.lastIndexOf('#');
  return choice.startsWith('server:') && hash >= 0 ? `server:${choice.slice(hash + 1).trim()}` : choice;
}
