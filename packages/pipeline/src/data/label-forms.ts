/**
 * A warning where two sets write the same label in two forms, such as True (Python's csv) and true (JSON) or 1.0 and 1: they count as different
 * classes. Undefined when there is none.
 * @param one labels of one side
 * @param other labels of the other side
 */
export function labelFormsWarning(one: readonly string[], other: readonly string[]): string | undefined {
  const [ones, others] = [new Set(one), new Set(other)];
  const forms = new Map([...others].filter((label) => !ones.has(label)).map((label) => [plainForm(label), label]));
  const pairs = [...ones].flatMap((label) => {
    const twin = others.has(label) ? undefined : forms.get(plainForm(label));
    return twin === undefined ? [] : [`"${label}" and "${twin}"`];
  });
  if (pairs.length === 0) return undefined;
  return `The two sides write labels in two forms, which count as different classes: ${pairs.slice(0, 5).join(', ')}.`;
}

/** A label without what differs between writers: case, white space around it, zeros after the decimal point. */
function plainForm(label: string): string {
  const form = label.trim().toLowerCase();
  return /^[-+]?\d+\.\d*$/.test(form) ? form.replace(/\.?0*$/, '') : form;
}
