import type { DeliveryRow } from '../delivery/delivery';
import type { Fields } from '../../protocol/fields';
import { codeOf } from '../common/codes';
import { html, tableOf, type Html, type Value } from '../common/html';
import { timeText } from '../common/time';
import { DEFAULT_SPEED } from './changes';
import { filterRows } from './filter';
import { address, canReplay, filterOf, fullCode, postForm, type PageContext } from './forms';
import { intoGroups } from './rows';
import { summaryOf, type GroupSummary } from './shown';
import { cureOf, failureName, sourceOf } from './words';

const MOST_GROUPS = 20;

/** The groups of like failures, the largest first, with what can be done with a whole group. */
export function groupTable(rows: DeliveryRow[], query: Fields, view: PageContext): Html {
	const filter = { ...filterOf(query).filter, group: '', status: '' };
	const groups = [...intoGroups(filterRows(rows, filter, view.now))]
		.map(([group, members]) => ({ group, ...summaryOf(members) }))
		.sort((a, b) => b.count - a.count);
	if (groups.length === 0) return html``;
	return html`<h2>相同失败 Like failures (${groups.length})</h2>
		${tableOf(
			[
				{ name: '组 Group', tight: true },
				'数量 Count',
				'来源 From',
				'失败 Failure',
				{ name: '首次 First – 最近 Last', tight: true },
				'',
			],
			groups.slice(0, MOST_GROUPS).map((group) => cellsOf(group, view)),
		)}
		${groups.length > MOST_GROUPS && html`<p class="soft">… +${groups.length - MOST_GROUPS}</p>`}`;
}

function cellsOf(
	{ group, first, count, firstAt, lastAt }: GroupSummary & { group: string },
	view: PageContext,
): Value[] {
	const replay =
		canReplay(first) &&
		postForm(
			view,
			{ action: 'replay', group: fullCode(group), speed: String(DEFAULT_SPEED) },
			html`<button>重发 Replay…</button>`,
		);
	const discard = postForm(
		view,
		{ action: 'discard', group: fullCode(group) },
		html`<input
				name="reason"
				required
				placeholder="原因 Reason"
				aria-label="原因 Reason"
				size="10"
			/>
			<button class="bad">丢弃 Discard…</button>`,
	);
	return [
		html`<a href="${address({}, { group: fullCode(group) })}"><code>${codeOf(group)}</code></a>`,
		count,
		sourceOf(first),
		html`${failureName(first)}<br /><span class="soft">${cureOf(first)}</span>`,
		html`${timeText(firstAt, view.timezone)}<br />${timeText(lastAt, view.timezone)}`,
		html`${replay} ${discard}`,
	];
}
