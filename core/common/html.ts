/** Text that is HTML already. */
export class Html {
	constructor(readonly text: string) {}
}

export type Value = Html | string | number | undefined | false | Value[];

const ENTITIES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
	'`': '&#96;',
};

function escapeHtml(text: string): string {
	return text.replace(/[&<>"'`]/g, (character) => ENTITIES[character]!);
}

const textOf = (value: Value): string => {
	if (value instanceof Html) return value.text;
	if (Array.isArray(value)) return value.map(textOf).join('');
	return value === undefined || value === false ? '' : escapeHtml(String(value));
};

/** A template whose values are escaped; `Html` and lists of it stay as they are. */
export function html(strings: TemplateStringsArray, ...values: Value[]): Html {
	return new Html(
		strings.map((part, index) => (index === 0 ? part : textOf(values[index - 1]) + part)).join(''),
	);
}

/** Every text has a contrast of 4.5 to 1 or more against what is behind it, every edge of a field 3 to 1. */
const STYLE = `
:root { color-scheme: light dark; --page: #ffffff; --text: #1b1f27; --quiet: #566070; --line: #d0d4da; --edge: #7b8494; --soft: #f1f3f5; --accent: #1d4ed8; --on-accent: #ffffff; --bad: #b91c1c; }
@media (prefers-color-scheme: dark) { :root { --page: #16181d; --text: #e8eaee; --quiet: #a3abb8; --line: #3f4651; --edge: #7d8694; --soft: #22262e; --accent: #8ab4f8; --on-accent: #0b1220; --bad: #ff9a91; } }
* { box-sizing: border-box; }
body { font: 14px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; margin: 0 auto; max-width: 1240px; padding: 16px 24px 48px; background: var(--page); color: var(--text); }
h1 { font-size: 20px; } h1 a { color: inherit; text-decoration: none; } h2 { font-size: 16px; margin: 24px 0 8px; } h2 code { font-size: inherit; }
a, summary { color: var(--accent); } nav, .links { display: flex; flex-wrap: wrap; gap: 0 20px; } nav a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; white-space: nowrap; }
th, td { border-bottom: 1px solid var(--line); padding: 6px 8px; vertical-align: top; overflow-wrap: anywhere; }
td.tight { white-space: nowrap; overflow-wrap: normal; } code, pre { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
fieldset { border: 1px solid var(--line); border-radius: 6px; margin: 0; padding: 8px 12px; width: 100%; } details { margin: 8px 0; } summary { cursor: pointer; }
pre { background: var(--soft); padding: 10px; white-space: pre-wrap; margin: 0; }
form { display: inline; } form.bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 12px 0; }
input, select, textarea, button { font: inherit; max-width: 100%; padding: 4px 8px; border: 1px solid var(--edge); border-radius: 6px; background: var(--page); color: inherit; }
::placeholder { color: var(--quiet); opacity: 1; } textarea { width: 100%; min-height: 96px; } button { cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); } button.bad { color: var(--bad); border-color: var(--bad); }
p { overflow-wrap: anywhere; } .note { background: var(--soft); border-left: 4px solid var(--accent); padding: 8px 12px; margin: 12px 0; } .soft, dt { color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 16px; } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 639px), (pointer: coarse) {
	input, select, textarea, button { min-height: 44px; font-size: 16px; } input[type="checkbox"], input[type="radio"] { min-height: 0; width: 20px; height: 20px; vertical-align: middle; } summary { padding: 11px 0; }
	label, nav a, .links a, .bar a, td a, dd a, p > a { display: inline-block; min-height: 44px; padding: 11px 0; }
}
@media (max-width: 639px) {
	body { padding: 8px 12px 32px; } dl { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: 8px; }
	table, tbody, tr, td { display: block; } thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
	tr { border: 1px solid var(--line); border-radius: 10px; padding: 4px 12px; margin: 0 0 12px; } td, td.tight { border: 0; padding: 4px 0; white-space: normal; overflow-wrap: anywhere; }
	td:empty { display: none; } td[data-column]::before { content: attr(data-column); display: block; color: var(--quiet); font-size: 12px; }
	td form, form.bar > * { display: block; width: 100%; } td form + form { margin-top: 8px; } td form > *, form.bar > button { width: 100%; margin: 0 0 8px; } form.bar input:not([type="checkbox"], [type="radio"]), form.bar select { width: 100%; }
	label input[type="checkbox"], td form input[type="checkbox"] { width: 20px; margin: 0; }
}`;

/** A column of a table; `tight` ones hold codes and times, which are not broken. */
export type Column = string | { name: string; tight: true };

/** A table; on a phone each row is a card, where every value stands below the name of its column. */
export function tableOf(columns: Column[], rows: Value[][]): Html {
	const names = columns.map((column) => (typeof column === 'string' ? column : column.name));
	const cell = (value: Value, index: number): Html => {
		const kind = typeof columns[index] === 'string' ? '' : html` class="tight"`;
		const column = names[index] ? html` data-column="${names[index]}"` : '';
		return html`<td${kind}${column}>${value}</td>`;
	};
	return html`<table>
		<thead>
			<tr>
				${names.map((name) => html`<th>${name}</th>`)}
			</tr>
		</thead>
		<tbody>
			${rows.map(
				(cells) =>
					html`<tr>
						${cells.map(cell)}
					</tr>`,
			)}
		</tbody>
	</table>`;
}

/** The pages of the operators. Their addresses are those of their workflows’ webhooks, beside each other. */
export const PAGES = {
	deadLetters: { path: 'clawbot-dead-letters', title: '死信 Dead letters' },
	keys: { path: 'clawbot-keys', title: '密钥 Keys' },
	bots: { path: 'clawbot-connect', title: '机器人 Bots' },
} as const;

/** Where a page that shows something under way goes, and in how many seconds. */
export interface Refresh {
	seconds: number;
	address: string;
}

const refreshTag = ({ seconds, address }: Refresh): Html =>
	html`<meta http-equiv="refresh" content="${seconds};url=${address}" />`;

const linkTo = (page: (typeof PAGES)[keyof typeof PAGES], isThis: boolean): Html =>
	isThis
		? html`<a href="?" aria-current="page">${page.title}</a>`
		: html`<a href="${page.path}">${page.title}</a>`;

/** A whole page. It loads nothing, runs no script, and sends its forms nowhere else. */
export function pageOf(name: keyof typeof PAGES, body: Html, refresh?: Refresh): string {
	const { title } = PAGES[name];
	return html`<!DOCTYPE html>
		<html lang="zh-CN">
			<head>
				<meta charset="utf-8" />
				<meta
					http-equiv="Content-Security-Policy"
					content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'"
				/>
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="robots" content="noindex" />
				${refresh && refreshTag(refresh)}
				<title>${title}</title>
				<style>
					${new Html(STYLE)}
				</style>
			</head>
			<body>
				<nav aria-label="页面 Pages">
					${Object.values(PAGES).map((page) => linkTo(page, page.title === title))}
				</nav>
				<h1><a href="?">${title}</a></h1>
				${body}
			</body>
		</html>`.text;
}
