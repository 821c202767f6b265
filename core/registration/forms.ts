import type { Bilingual } from '../../protocol/registration';
import { html, pageOf, type Html, type Refresh, type Value } from '../common/html';
import type { TimeContext } from '../common/time';
import { REFUSALS, type PageRefusal } from './page';

/** What a page is made with. */
export interface BotPageContext extends TimeContext {
	/** The token of the forms. */
	csrf: string;
	/** Address of the n8n, with a slash at its end. */
	n8nUrl: string;
}

/** What a browser gets. */
export interface BotPage {
	status: number;
	html: string;
}

export const botPage = (status: number, body: Html, refresh?: Refresh): BotPage => ({
	status,
	html: pageOf('bots', body, refresh),
});

export const both = ({ zh, en }: Bilingual): string => `${zh} ${en}`;

export const note = (text: Value): Html => html`<p class="note">${text}</p>`;

export const back = html`<p class="links"><a href="?">返回列表 Back to the list</a></p>`;

/** A page that says one thing. */
export const notePage = (status: number, text: Value, more: Value = ''): BotPage =>
	botPage(status, html`${note(text)}${more}${back}`);

export function refusalPage(refusal: PageRefusal): BotPage {
	const [status, text] = REFUSALS[refusal];
	return notePage(status, text);
}

/** A form with hidden fields; `content` has its button. */
export function formOf(
	{ csrf }: BotPageContext,
	fields: Record<string, string>,
	content: Html,
): Html {
	const hidden = Object.entries({ csrf, ...fields }).map(
		([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
	);
	return html`<form method="post" action="?" class="bar">${hidden}${content}</form>`;
}
