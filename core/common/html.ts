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

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #2563eb; --bad: #dc2626; }
* { box-sizing: border-box; }
body { font: 14px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; margin: 0 auto; max-width: 1240px; padding: 16px 24px 48px; }
h1 { font-size: 20px; } h1 a { color: inherit; text-decoration: none; } h2 { font-size: 16px; margin: 24px 0 8px; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; white-space: nowrap; }
th, td { border-bottom: 1px solid var(--line); padding: 6px 8px; vertical-align: top; overflow-wrap: anywhere; }
td.tight { white-space: nowrap; overflow-wrap: normal; } a { color: var(--accent); } code, pre { font: 13px/1.5 ui-monospace, monospace; }
pre { background: var(--soft); padding: 10px; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
form { display: inline; } form.bar { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: 12px 0; }
input, select, textarea, button { font: inherit; padding: 4px 8px; border: 1px solid var(--line); border-radius: 6px; background: Canvas; color: CanvasText; }
textarea { width: 100%; min-height: 96px; } button { cursor: pointer; } button.main { background: var(--accent); border-color: var(--accent); color: #fff; }
button.bad { color: var(--bad); border-color: var(--bad); } .note { background: var(--soft); border-left: 4px solid var(--accent); padding: 8px 12px; margin: 12px 0; }
.soft { opacity: .7; } dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; } dt { opacity: .7; } dd { margin: 0; overflow-wrap: anywhere; }`;

/** A whole page. It loads nothing, runs no script, and sends its forms nowhere else. */
export function pageOf(title: string, body: Html): string {
	return html`<!DOCTYPE html>
		<html lang="zh-CN">
			<head>
				<meta charset="utf-8" />
				<meta
					http-equiv="Content-Security-Policy"
					content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
				/>
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="robots" content="noindex" />
				<title>${title}</title>
				<style>
					${new Html(STYLE)}
				</style>
			</head>
			<body>
				<h1><a href="?">${title}</a></h1>
				${body}
			</body>
		</html>`.text;
}
