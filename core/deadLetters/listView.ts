import type { DeliveryRow } from '../delivery/delivery';
import { asText, type Fields } from '../../protocol/fields';
import { platformNames } from '../../protocol/platforms';
import { DEFAULT_SPEED } from './changes';
import { changedAt, filterRows, type Filter } from './filter';
import {
	address,
	canReplay,
	FILTER_FIELDS,
	fullCode,
	hidden,
	postForm,
	type Viewing,
} from './forms';
import { html, type Html } from '../common/html';
import { briefText, summaryOf, type GroupSummary } from './shown';
import { ALL_STATUSES, intoGroups, isOpen } from './rows';
import { cureOf, failureName, sourceOf, statusName } from './words';
import { readDuration, ageText, timeText } from '../common/time';
import { platformName } from '../common/names';
import { codeOf } from '../common/codes';

const PAGE_SIZE = 100;
const MOST_GROUPS = 20;

function filterOf(query: Fields): Filter {
	const olderThanMs = readDuration(asText(query.age).trim().replace(/^>/, ''));
	return {
		...Object.fromEntries(
			FILTER_FIELDS.filter((name) => name !== 'age').map((name) => [
				name,
				asText(query[name]).trim(),
			]),
		),
		...(olderThanMs !== undefined && { olderThanMs }),
	};
}

/** The list with its filter, the groups and the bulk actions. */
export function listView(rows: DeliveryRow[], query: Fields, view: Viewing): Html {
	const found = filterRows(rows, filterOf(query), view.now);
	const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
	const page = Math.min(pages, Math.max(1, Math.floor(Number(asText(query.page))) || 1));
	const shown = found.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
	const count = (status: string): number => rows.filter((row) => row.status === status).length;
	return html`<p>
			${ALL_STATUSES.map(
				(status) =>
					html`<a href="${address({}, { status })}">${statusName(status)}</a> ${count(status)}　 `,
			)}
		</p>
		${filterForm(query)} ${groupTable(rows, query, view)}
		<h2>共 ${found.length} 条 · ${found.length} in all</h2>
		${found.length === 0 ? html`<p class="soft">没有 None</p>` : rowTable(shown, view)}
		${pages > 1 && html`<p>${pager(query, page, pages)}</p>`}
		${rows.some(isOpen) && sinceForm(view)}`;
}

function pager(query: Fields, page: number, pages: number): Html {
	const to = (number: number, text: string): Html =>
		html`<a href="${address(query, { page: String(number) })}">${text}</a> `;
	return html`${page > 1 && to(page - 1, '← 上一页 Previous')} ${page} / ${pages}
	${page < pages && to(page + 1, '下一页 Next →')}`;
}

function options(chosen: string, entries: Array<[value: string, label: string]>): Html[] {
	return entries.map(([value, label]) =>
		value === chosen
			? html`<option value="${value}" selected>${label}</option>`
			: html`<option value="${value}">${label}</option>`,
	);
}

function filterForm(query: Fields): Html {
	const platforms = platformNames.map((name): [string, string] => [name, platformName(name)]);
	const statuses = ALL_STATUSES.map((name): [string, string] => [name, statusName(name)]);
	const input = (name: string, label: string, size: number): Html =>
		html`<input
			name="${name}"
			value="${asText(query[name])}"
			placeholder="${label}"
			aria-label="${label}"
			size="${size}"
		/>`;
	return html`<form method="get" action="?" class="bar">
		<select name="status" aria-label="状态 Status">
			${options(asText(query.status), [
				['', '死信 Dead letters'],
				...statuses,
				['all', '全部 All'],
			])}
		</select>
		<select name="platform" aria-label="平台 Platform">
			${options(asText(query.platform), [['', '全部平台 All platforms'], ...platforms])}
		</select>
		${input('class', '类别 Class', 16)}${input('conversation', '会话 Conversation', 18)}${input(
			'group',
			'组 Group',
			8,
		)}${input('age', '早于 Older than: 2h', 16)}
		<button class="main">筛选 Filter</button> <a href="?">清除 Clear</a>
	</form>`;
}

function groupTable(rows: DeliveryRow[], query: Fields, view: Viewing): Html {
	const filter = { ...filterOf(query), group: '', status: '' };
	const groups = [...intoGroups(filterRows(rows, filter, view.now))]
		.map(([group, members]) => ({ group, ...summaryOf(members) }))
		.sort((a, b) => b.count - a.count);
	if (groups.length === 0) return html``;
	return html`<h2>相同失败 Like failures (${groups.length})</h2>
		<table>
			<tr>
				<th>组 Group</th>
				<th>数量 Count</th>
				<th>来源 From</th>
				<th>失败 Failure</th>
				<th>首次 First – 最近 Last</th>
				<th></th>
			</tr>
			${groups.slice(0, MOST_GROUPS).map((group) => groupRow(group, view))}
		</table>
		${groups.length > MOST_GROUPS && html`<p class="soft">… +${groups.length - MOST_GROUPS}</p>`}`;
}

function groupRow(
	{ group, first, count, firstAt, lastAt }: GroupSummary & { group: string },
	view: Viewing,
): Html {
	return html`<tr>
		<td class="tight">
			<a href="${address({}, { group: fullCode(group) })}"><code>${codeOf(group)}</code></a>
		</td>
		<td>${count}</td>
		<td>${sourceOf(first)}</td>
		<td>${failureName(first)}<br /><span class="soft">${cureOf(first)}</span></td>
		<td class="tight">
			${timeText(firstAt, view.timezone)}<br />${timeText(lastAt, view.timezone)}
		</td>
		<td class="tight">
			${canReplay(first) &&
			postForm(
				view,
				{ action: 'replay', group: fullCode(group), speed: String(DEFAULT_SPEED) },
				html`<button>重发 Replay…</button>`,
			)}
			${postForm(
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
			)}
		</td>
	</tr>`;
}

function rowTable(rows: DeliveryRow[], view: Viewing): Html {
	return html`<table>
		<tr>
			<th>编号 Id</th>
			<th>多久 Age</th>
			<th>状态 Status</th>
			<th>来源 From</th>
			<th>失败 Failure</th>
			<th>内容 Text</th>
			<th></th>
		</tr>
		${rows.map(
			(row) =>
				html`<tr>
					<td class="tight">
						<a href="?id=${fullCode(row.key)}"><code>${codeOf(row.key)}</code></a>
					</td>
					<td class="tight">${ageText(view.now - changedAt(row))}</td>
					<td>${statusName(row.status)}</td>
					<td>${sourceOf(row)}<br /><span class="soft">${row.conversation}</span></td>
					<td>${failureName(row)}</td>
					<td>${briefText(row, 80)}</td>
					<td class="tight">
						${isOpen(row) &&
						canReplay(row) &&
						row.status === 'dead' &&
						postForm(
							view,
							{ action: 'replay', id: fullCode(row.key) },
							html`<button>重发 Replay</button>`,
						)}
					</td>
				</tr>`,
		)}
	</table>`;
}

function sinceForm(view: Viewing): Html {
	return html`<h2>全部重发 Replay all</h2>
		<form method="post" action="?" class="bar">
			${hidden({ csrf: view.csrf, action: 'replay' })}
			<label>自 since <input name="since" value="2h" size="18" required /></label>
			<label
				>每分钟 a minute <input name="speed" value="${DEFAULT_SPEED}" size="4" required
			/></label>
			<button>试算 Count first…</button>
		</form>`;
}
