/** Id of the persona made k-th: p000, p001, … */
export function personaId(index: number): string {
  return `p${String(index).padStart(3, '0')}`;
}
