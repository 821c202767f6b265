import type { DeliveryRow } from '../delivery/delivery';
import { asText, type Fields } from '../../protocol/fields';
import { platformNames } from '../../protocol/platforms';
import { DEFAULT_SPEED } from './changes';
import { changedAt, filterRows } from './filter';
import {
	address,
	canReplay,
	filterOf,
	fullCode,
	hidden,
	postForm,
	type PageContext,
} from './forms';
import { groupTable } from './groupView';
import { html, type Html } from '../common/html';
import { briefText } from './shown';
import { ALL_STATUSES, isOpen } from './rows';
import { failureName, sourceOf, statusName } from './words';
import { ageText } from '../common/time';
import { platformName } from '../common/names';
import { codeOf } from '../common/codes';

const PAGE_SIZE = 100;

/** The list with its filter, the groups and the bulk actions. */
export function listView(rows: DeliveryRow[], query: Fields, view: PageContext): Html {
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

function rowTable(rows: DeliveryRow[], view: PageContext): Html {
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

function sinceForm(view: PageContext): Html {
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
