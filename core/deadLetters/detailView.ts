import type { DeliveryRow } from '../delivery/delivery';
import { changedAt } from './filter';
import { address, canReplay, fullCode, postForm, type PageContext } from './forms';
import { html, tableOf, type Html, type Refresh, type Value } from '../common/html';
import { attemptsTitle, detailsOf, editableText, type LetterDetails } from './shown';
import { strikeSecrets } from '../common/redact';
import { groupOf, hasArrived, isOpen } from './rows';
import { failureName, cureOf, kindName, sourceOf, statusName } from './words';
import { isoText, timeText } from '../common/time';
import { codeOf } from '../common/codes';

/** Everything about one letter, and what can be done with it. */
export function detailView(row: DeliveryRow, view: PageContext): Html {
	const details = detailsOf(row);
	return html`${row.status === 'waiting' && waitingNote(row, view)}
		<h2><code>${codeOf(row.key)}</code></h2>
		<dl>
			${factsOf(row, details, view).map(
				([name, value]) =>
					html`<dt>${name}</dt>
						<dd>${value}</dd>`,
			)}
		</dl>
		<h2>内容 Text</h2>
		<pre>${details.text || '-'}</pre>
		${details.original !== undefined &&
		html`<h2>原文 Original</h2>
			<pre>${details.original}</pre>`}
		<h2>${attemptsTitle(details)}</h2>
		${attemptTable(details, view)}
		${details.audit.length > 0 &&
		html`<h2>处理记录 Audit</h2>
			${auditTable(details, view)}`}
		${actions(row, view)}
		<p><a href="?">返回列表 Back to the list</a></p>`;
}

const waitingNote = ({ dueAt }: DeliveryRow, { timezone }: PageContext): Html =>
	html`<p class="note">
		等待发送（${timeText(dueAt, timezone)}）：本页自动刷新，直到有结果。 It waits to be sent: this
		page refreshes itself until that is over.
	</p>`;

/** While it waits: soon where it is due soon, and not for ever in short steps where it is not. */
export function refreshOf({ key, status, dueAt }: DeliveryRow, now: number): Refresh | undefined {
	if (status !== 'waiting') return undefined;
	const seconds = Math.min(60, Math.max(2, Math.ceil((dueAt - now) / 1000) + 1));
	return { seconds, address: `?id=${fullCode(key)}` };
}

function factsOf(
	row: DeliveryRow,
	{ sentParts }: LetterDetails,
	{ timezone, link }: PageContext,
): Array<[name: string, value: Value]> {
	const execution = link(row);
	const waits: Array<[string, Value]> = [['下次 Next', timeText(row.dueAt, timezone)]];
	const failure: Array<[string, Value]> = [
		[row.status === 'waiting' ? '上次失败 Last failure' : '失败 Failure', failureName(row)],
		['原因 Reason', strikeSecrets(row.reason) || '-'],
		['办法 Cure', cureOf(row)],
	];
	const parts: Array<[string, Value]> = [['已发 Sent parts', sentParts]];
	return [
		['状态 Status', statusName(row.status)],
		['种类 Kind', kindName(row.kind)],
		['来源 From', sourceOf(row)],
		['会话 Conversation', row.conversation || '-'],
		[
			'组 Group',
			html`<a href="${address({}, { group: fullCode(groupOf(row)) })}"
				><code>${codeOf(groupOf(row))}</code></a
			>`,
		],
		...(hasArrived(row) ? [] : failure),
		['时间 Time', `${timeText(row.createdAtMs, timezone)} – ${timeText(changedAt(row), timezone)}`],
		...(row.status === 'waiting' ? waits : []),
		...(sentParts > 0 ? parts : []),
		[
			'执行 Execution',
			execution
				? html`<a href="${execution}" rel="noreferrer" target="_blank">${row.executionId}</a>`
				: '-',
		],
	];
}

const TIME = { name: '时间 Time', tight: true } as const;

const attemptTable = ({ attempts }: LetterDetails, { timezone }: PageContext): Html =>
	tableOf(
		[TIME, '失败 Failure', '原因 Reason'],
		attempts.map(({ at, failure, message }) => [isoText(at, timezone), failure, message]),
	);

const auditTable = ({ audit }: LetterDetails, { timezone }: PageContext): Html =>
	tableOf(
		[TIME, '谁 Who', '做了什么 What', '备注 Note'],
		audit.map(({ at, by, action, note }) => [isoText(at, timezone), by, action, note]),
	);

/** What can be done with it: a form for each. */
function actions(row: DeliveryRow, view: PageContext): Html {
	const canBeReplayed = row.status !== 'waiting' && !hasArrived(row) && canReplay(row);
	return html`${canBeReplayed && replayForms(row, view)}${isOpen(row) && discardForm(row, view)}`;
}

function replayForms(row: DeliveryRow, view: PageContext): Html {
	const id = fullCode(row.key);
	const forceBox =
		row.status === 'uncertain' &&
		html`<label
			><input type="checkbox" name="force" value="1" required /> 我确认对方没有收到，或者要再发一次
			It did not arrive, or I want it sent again</label
		>`;
	const text = editableText(row);
	const button = html`${forceBox} <button class="main">重发 Replay</button>`;
	return html`<h2>重发 Replay</h2>
		${postForm(view, { action: 'replay', id }, button)}
		${text !== undefined &&
		html`<h2>改后重发 Edit and replay</h2>
			${postForm(
				view,
				{ action: 'edit', id },
				html`<textarea name="text" required aria-label="新内容 New text">
${strikeSecrets(text)}</textarea
					>${forceBox} <button>改后重发 Edit and replay</button>`,
			)}`}`;
}

function discardForm(row: DeliveryRow, view: PageContext): Html {
	const fields = html`<input
			name="reason"
			required
			placeholder="原因 Reason"
			aria-label="原因 Reason"
			size="40"
		/>
		<button class="bad">丢弃 Discard</button>`;
	return html`<h2>丢弃 Discard</h2>
		${postForm(view, { action: 'discard', id: fullCode(row.key) }, fields)}`;
}
