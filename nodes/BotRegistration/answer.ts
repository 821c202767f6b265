import type { IExecuteFunctions } from 'n8n-workflow';
import { expected } from '../../core/common/defects';
import { notePage, both, type BotPage, type BotPageContext } from '../../core/registration/forms';
import type { NewPerson } from '../../core/registration/newPersons';
import type { Fields } from '../../protocol/fields';
import { N8nRefusal, type N8nApi } from './n8nApi';

/** What answering a request needs. */
export interface Answering {
	ctx: IExecuteFunctions;
	api: N8nApi;
	/** Rows of the table of new persons. */
	rows: readonly Fields[];
	context: BotPageContext;
	/** Id of the workflow that hears bots which nobody has confirmed yet. */
	greetingId: string;
	/** Who is greeted at once, where the platform says who has scanned. */
	greeting: string;
}

/** What comes of a request. */
export interface PageOutcome {
	page: BotPage;
	/** Who has scanned a code, to be noted. */
	met?: NewPerson;
	/** Id of a bot: who has written to it is to be forgotten. */
	forget?: string;
}

/** The page that says why n8n did not do it. @throws whatever is no refusal */
export function refusedPage(error: unknown): BotPage {
	const { status, words } = expected(error, N8nRefusal);
	return notePage(status === 409 || status === 404 ? status : 502, both(words));
}
