/** Longer than any line that `printCase` writes: what goes on for longer was never one line. */
const MOST_CHARS = 4_096;

/**
 * Whether a line goes on with the one above it, `before`: mail programs fold what is longer than
 * they like. Only what cannot be a line of its own there is taken for that, so that a slip is still
 * told as one.
 */
export function goesOn(before: string, text: string): boolean {
  if (before.length + text.length > MOST_CHARS) return false;
  const key = /^\S*/.exec(before)?.[0] ?? '';
  const rest = before.slice(key.length).trim();
  switch (key) {
    case 'observed':
    case 'certificate':
      return !isWholeLine(text);
    case 'policy':
    case 'property':
      return rest === '' && !isWholeLine(text);
    case 'machine':
      return /^[a-z-]+=\S/.test(text);
    case 'task':
    case 'worker':
      if (rest === '') return /^(?:on|\d)/.test(text);
      // A turn of a schedule goes on until another begins.
      if (/\sto(?:\s+its)?$/.test(rest)) return /^(?:its\s+)?end$|^its$/.test(text);
      if (/^\d/.test(rest)) return !/^(?:task|worker)(?:\s|$)/.test(text) && !isWholeLine(text);
      return /^(?:on(?:\s+cpu\d+)?|cpu\d+)$/.test(text) && !/\scpu\d+$/.test(before);
    default:
      if (/^[A-Z]\d*$/.test(before)) return text.startsWith('=');
      return isOpen(before) || /^on\s+cpu\d+$/.test(text) || endsIn(before, 'on', text);
  }
}

function endsIn(before: string, word: string, text: string): boolean {
  return before.endsWith(` ${word}`) && /^cpu\d+$/.test(text);
}

/** Whether a call has been begun and not ended: `A =`, `B = vmalloc(1,`. */
function isOpen(call: string): boolean {
  const text = call.replace(/\s#.*$/, '');
  const open = text.split('(').length - text.split(')').length;
  return open > 0 || /^[A-Za-z_]\w*\s*=$/.test(text);
}

/** Whether below prose a line is one of its own: what prose may begin with only by accident. */
function isWholeLine(text: string): boolean {
  return (
    /^(?:observed|certificate)(?:\s|$)/.test(text) ||
    /^(?:end|schedule)(?:\s+#.*)?$/.test(text) ||
    /^(?:task|worker)\s+(?:on\s+cpu|\d+\s+(?:to|until)\b)/.test(text) ||
    /^(?:[A-Za-z_]\w*\s*=\s*)?\w+\([^()]*\)(?:\s+on\s+cpu\d+)?(?:\s+#.*)?$/.test(text) ||
    /^(?:policy|property|machine|vmapcheck\s+case)\s/.test(text) ||
    text.startsWith('#')
  );
}
