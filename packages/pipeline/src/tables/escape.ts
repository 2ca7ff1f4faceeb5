const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML shows it literally: a record's text is data in a report, never markup. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** Text inside a cell of a Markdown table: one line, no column borders, no markup. */
export function escapeCell(text: string): string {
  return escapeHtml(text)
    .replace(/[\\|`*_[\]#]/g, '\\$&')
    .replace(/\s+/g, ' ');
}
