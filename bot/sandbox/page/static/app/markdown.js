// Discord's dialect of markdown as a tree; simple-markdown is what Discord's own client grew out of.
import SimpleMarkdown from "../vendor/simple-markdown.js";

const { defaultRules, parserFor } = SimpleMarkdown;

const atLineStart = (before) => before === "" || before.endsWith("\n");

/** A rule that only holds at the beginning of a line. */
const line = (pattern) => (source, _state, before) => (atLineStart(before) ? pattern.exec(source) : null);
const anywhere = (pattern) => (source) => pattern.exec(source);

/** Read what stands inside; `fresh` is text that begins a line of its own. */
function inside(parse, text, state, fresh = false) {
  state.prevCapture = fresh ? null : [" "];
  return parse(text, state);
}

const wraps = (pattern, name = 1) => ({
  match: anywhere(pattern),
  parse: (found, parse, state) => ({ content: inside(parse, found[name], state) }),
});
const leaf = (pattern, read) => ({ match: anywhere(pattern), parse: (found) => read(found) });
const emphasis = (name) => ({
  match: defaultRules[name].match,
  quality: defaultRules[name].quality,
  parse: (found, parse, state) => ({ content: inside(parse, found[2] ?? found[1], state) }),
});

const RULES = {
  escape: leaf(/^\\([^0-9A-Za-z\s])/, ([, sign]) => ({ type: "text", content: sign })),
  codeBlock: leaf(/^```(?:([a-z0-9_+\-.#]+?)\n)?\n*([^\n][\s\S]*?)\n*```\n?/i, ([, language, content]) => ({
    language: language ?? "",
    content,
  })),
  quote: {
    match: (source, state, before) =>
      state.inQuote || !atLineStart(before) ? null : /^>>> ([\s\S]+)|^(?:> [^\n]*(?:\n|$))+/.exec(source),
    parse: (found, parse, state) => {
      const text = found[1] ?? found[0].replace(/^> /gm, "").replace(/\n$/, "");
      state.inQuote = true;
      const content = inside(parse, text, state, true);
      state.inQuote = false;
      return { content };
    },
  },
  heading: {
    match: line(/^(#{1,3}) +([^\n]*?\S[^\n]*?)(?:\n|$)/),
    parse: (found, parse, state) => ({ level: found[1].length, content: inside(parse, found[2], state) }),
  },
  subtext: {
    match: line(/^-# +([^\n]*?\S[^\n]*?)(?:\n|$)/),
    parse: (found, parse, state) => ({ content: inside(parse, found[1], state) }),
  },
  list: {
    match: line(/^(?: *(?:[-*]|\d{1,9}\.) +[^\n]*(?:\n|$))+/),
    parse: (found, parse, state) => readList(found[0].replace(/\n$/, "").split("\n"), parse, state),
  },
  user: leaf(/^<@!?(\d{15,20})>/, ([, id]) => ({ id })),
  role: leaf(/^<@&(\d{15,20})>/, ([, id]) => ({ id })),
  channel: leaf(/^<#(\d{15,20})>/, ([, id]) => ({ id })),
  command: leaf(/^<\/([^:>\n]{1,100}):(\d{15,20})>/, ([, name, id]) => ({ name, id })),
  time: leaf(/^<t:(-?\d{1,12})(?::([tTdDfFRsS]))?>/, ([, at, style]) => ({
    atMs: Number(at) * 1000,
    style: style ?? "f",
  })),
  emoji: leaf(/^<a?:(\w{2,32}):(\d{15,20})>/, ([, name]) => ({ name })),
  everyone: leaf(/^@(everyone|here)\b/, ([, name]) => ({ name })),
  link: {
    match: (source, state) =>
      state.inLink
        ? null
        : /^\[((?:\\.|[^[\]\\\n])+)\]\( *<?(https?:\/\/[^\s<>)]+)>?(?: +"([^"\n]*)")? *\)/.exec(source),
    parse: (found, parse, state) => {
      state.inLink = true;
      const content = inside(parse, found[1], state);
      state.inLink = false;
      return { url: found[2], title: found[3] ?? "", content };
    },
  },
  autolink: leaf(/^<(https?:\/\/[^\s<>]+)>/, ([, url]) => bare(url)),
  url: {
    match: (source, state) => (state.inLink ? null : /^https?:\/\/[^\s<]+[^<.,:;"'\]\s)]/.exec(source)),
    parse: ([url]) => bare(url),
  },
  inlineCode: leaf(/^(`+)([\s\S]*?[^`])\1(?!`)/, ([, , content]) => ({ content: content.trim() || content })),
  spoiler: wraps(/^\|\|([\s\S]+?)\|\|/),
  strike: wraps(/^~~([\s\S]+?)~~(?!_)/),
  strong: emphasis("strong"),
  underline: emphasis("u"),
  em: emphasis("em"),
  text: leaf(/^[\s\S]+?(?:(?<=\n)|(?=[^0-9A-Za-z\s\u00c0-\uffff])|(?=https?:)|$)/, ([content]) => ({ content })),
};

function bare(url) {
  return { type: "link", url, title: "", content: [{ type: "text", content: url }] };
}

/** Lines that are deeper than the first of their item belong to a list inside it; another sign begins another list. */
function readList(lines, parse, state) {
  const depth = /^ */.exec(lines[0])[0].length;
  const lists = [];
  for (const each of lines) {
    const [, indent, sign, text] = /^( *)([-*]|\d{1,9}\.) +(.*)$/.exec(each);
    const ordered = /\d/.test(sign);
    const last = lists.at(-1);
    if (last && indent.length > depth) last.items.at(-1).deeper.push(each);
    else if (last?.ordered === ordered) last.items.push({ text, deeper: [] });
    else lists.push({ type: "list", ordered, start: ordered ? parseInt(sign, 10) : 1, items: [{ text, deeper: [] }] });
  }
  const item = ({ text, deeper }) => [
    ...inside(parse, text, state),
    ...(deeper.length ? readList(deeper, parse, state) : []),
  ];
  return lists.map((list) => ({ ...list, items: list.items.map(item) }));
}

// Emphasis of every kind has one order, so that the longest wins; all others are tried from top to bottom.
const SAME = new Set(["strong", "underline", "em"]);
const parser = parserFor(
  Object.fromEntries(
    Object.entries(RULES).map(([name, rule], at) => [
      name,
      { ...rule, order: SAME.has(name) ? 900 : name === "text" ? 1000 : at },
    ]),
  ),
);

/** The tree of a text; neighbouring pieces of plain text are one. */
export function parse(text) {
  return merged(parser(text, { inline: true }));
}

function merged(nodes) {
  const kept = [];
  for (const node of nodes) {
    if (Array.isArray(node.content)) node.content = merged(node.content);
    if (node.items) node.items = node.items.map(merged);
    if (node.type === "text" && kept.at(-1)?.type === "text") kept.at(-1).content += node.content;
    else kept.push(node);
  }
  return kept;
}
