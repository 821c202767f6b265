import type { DeliveryRow } from '../delivery/delivery';
import { asText, type Fields } from '../../protocol/fields';
import { safeEqual } from '../../protocol/verify';
import { discard, edit, replay, REFUSALS, type ChangeOutcome } from './changes';
import { html } from '../common/html';
import { detailView, refreshOf } from './detailView';
import { filterOf, type FormContext, type PageContext } from './forms';
import { listView } from './listView';
import { actOnMany } from './pageMany';
import { answer, missing, noteAnswer, type LetterPageAnswer } from './pageAnswer';
import { isCodeOf } from '../common/codes';

/** A request for the page, after somebody checked who sends it. */
export interface LetterPageRequest {
	query: Fields;
	/** Fields of a form that was sent; empty for a look. */
	body: Fields;
	/** Name of the person, for the audit. */
	user: string;
}

/**
 * The operators' page. Looking changes nothing, whatever the address says; every change is a form with the
 * token, because a browser sends the password of the page with forged forms as well. Never throws.
 */
export function answerRequest(
	rows: DeliveryRow[],
	{ query, body, user }: LetterPageRequest,
	context: PageContext,
): LetterPageAnswer {
	const action = asText(body.action);
	if (action !== '') {
		const isOwn = context.csrf && safeEqual(asText(body.csrf), context.csrf);
		return isOwn ? act(rows, action, body, { ...context, by: user }) : noteAnswer(403, FORGED);
	}
	const id = asText(query.id);
	if (id !== '') {
		const row = rows.find(({ key }) => isCodeOf(id, key));
		if (!row) return missing(id);
		return answer(200, detailView(row, context), { refresh: refreshOf(row, context.now) });
	}
	const status = filterOf(query).wrong.length > 0 ? 400 : 200;
	return answer(status, listView(rows, query, context));
}

const FORGED =
	'表单无效或已过期，没有做任何改动：请回到列表重试。 This form is not valid (any more); nothing was changed. Go back to the list and try again.';

function act(
	rows: DeliveryRow[],
	action: string,
	body: Fields,
	context: FormContext,
): LetterPageAnswer {
	const id = asText(body.id);
	if (id === '') return actOnMany(rows, action, body, context);
	// Forms carry the longest code, which means one row.
	const row = rows.find(({ key }) => isCodeOf(id, key));
	if (!row) return missing(id);
	const force = asText(body.force) === '1';
	const { by, now } = context;
	switch (action) {
		case 'replay':
			return one(replay(row, { by, now, dueAt: now, force }), row, context);
		case 'edit':
			return one(edit(row, asText(body.text), { by, now, force }), row, context);
		case 'discard':
			return one(discard(row, asText(body.reason), { by, now }), row, context);
		default:
			return missing(action, 400);
	}
}

/** The letter as it is now; where nothing was done, with the reason. */
function one(outcome: ChangeOutcome, before: DeliveryRow, context: PageContext): LetterPageAnswer {
	if ('row' in outcome) {
		const { row } = outcome;
		const refresh = refreshOf(row, context.now);
		return answer(200, detailView(row, context), { changes: [row], refresh });
	}
	return answer(
		409,
		html`<p class="note">${REFUSALS[outcome.refused]}</p>
			${detailView(before, context)}`,
	);
}
