// Just enough HTML to fill in forms as a browser with script switched off does.
const empty = new Set(['area', 'base', 'br', 'col', 'embed', 'hr', 'img', 'input', 'link', 'meta', 'source', 'track', 'wbr']);
const named = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0', bull: '•', middot: '·', hellip: '…' };

function decode(text) {
  return text.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name) => {
    if (name[0] !== '#') return named[name] ?? whole;
    return String.fromCodePoint(/^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10));
  });
}

class Element {
  constructor(tag, attributes, parent) {
    Object.assign(this, { tag, attributes, parent, children: [] });
  }

  /** Every element below that the predicate accepts, in document order. */
  all(accepts) {
    return this.children.flatMap((child) => child instanceof Element
      ? [...(accepts(child) ? [child] : []), ...child.all(accepts)] : []);
  }

  /** The nearest element above with the tag. */
  closest(tag) {
    for (let at = this.parent; at; at = at.parent) if (at.tag === tag) return at;
    return undefined;
  }

  /** Its visible words, with single spaces. */
  get text() {
    const words = (node) => typeof node === 'string' ? node
      : ['script', 'style', 'head'].includes(node.tag) ? '' : ` ${node.children.map(words).join('')} `;
    return words(this).replace(/\s+/g, ' ').trim();
  }
}

/** Parses a well-formed page. */
export function parse(html) {
  const root = new Element('#document', {}, undefined);
  let at = root;
  const tokens = /<!--[\s\S]*?-->|<!doctype[^>]*>|<(script|style)\b[^>]*>[\s\S]*?<\/\1>|<(\/?)([a-z][\w-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>|[^<]+|</gi;
  for (const [token, skipped, closing, tag, rest] of html.matchAll(tokens)) {
    if (skipped || token.startsWith('<!')) continue;
    if (!tag) at.children.push(decode(token));
    else if (closing) {
      const opened = at.tag === tag.toLowerCase() ? at : at.closest(tag.toLowerCase());
      if (opened) at = opened.parent;
    } else {
      const attributes = {};
      for (const [, name, a, b, c] of rest.matchAll(/([^\s=/"'<>]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g)) {
        attributes[name.toLowerCase()] = decode(a ?? b ?? c ?? '');
      }
      const element = new Element(tag.toLowerCase(), attributes, at);
      at.children.push(element);
      if (!empty.has(element.tag) && !rest.trim().endsWith('/')) at = element;
    }
  }
  return root;
}

/** What a screen reader calls a control. */
export function label(document, control) {
  const { id, 'aria-label': spoken, 'aria-labelledby': names } = control.attributes;
  if (spoken) return spoken;
  if (names) {
    return names.split(/\s+/).map((name) => document.all((e) => e.attributes.id === name)[0]?.text ?? '').join(' ');
  }
  const around = control.closest('label') ?? (id && document.all((e) => e.tag === 'label' && e.attributes.for === id)[0]);
  return around ? around.text : control.text;
}

/** The controls of a form, those outside that name it included. */
export function controls(document, form) {
  const { id } = form.attributes;
  return document.all((element) => ['input', 'button', 'select', 'textarea'].includes(element.tag)
    && (element.attributes.form === undefined ? element.closest('form') === form : element.attributes.form === id));
}

export const isSubmit = (control) => control.attributes.disabled === undefined
  && ((control.tag === 'button' && (control.attributes.type ?? 'submit') === 'submit')
    || (control.tag === 'input' && control.attributes.type === 'submit'));
export const isChoice = (control) => control.tag === 'input' && ['checkbox', 'radio'].includes(control.attributes.type);
