import type { Platform } from '../../protocol/message';
import { html, type Html, type Value } from '../common/html';
import { platformName } from '../common/names';
import { timeText } from '../common/time';
import { appIdOf, isAnswering, type BotPlace, type KnownBot } from './bots';
import { back, botPage, formOf, note, type BotPage, type BotPageContext } from './forms';
import type { NewPerson } from './newPersons';

/** So many looks of a page that is left open, about ten minutes: then it waits for somebody to ask. */
const MOST_LOOKS = 120;
const LOOK_SECONDS = 5;

/** A bot that is heard by the greeting workflow alone: who has written to it, and where it is to answer. */
export interface WaitingBot {
	bot: KnownBot;
	persons: readonly NewPerson[];
	places: readonly BotPlace[];
	/** How often this page has looked by itself. */
	looks: number;
	/** What has just been done. */
	said?: Value;
}

export function waitingPage(waiting: WaitingBot, context: BotPageContext): BotPage {
	const { bot, persons, looks, said } = waiting;
	const isWaiting = persons.length === 0 && looks < MOST_LOOKS;
	const body = html`<h2>${bot.name}</h2>
		${said && note(said)}${persons.length === 0
			? nobodyYet(bot, isWaiting)
			: confirmForm(waiting, context)}
		${back}`;
	const address = `?bot=${bot.id}&looks=${looks + 1}`;
	return botPage(200, body, isWaiting ? { seconds: LOOK_SECONDS, address } : undefined);
}

function nobodyYet(bot: KnownBot, isWaiting: boolean): Html {
	return html`<p>
			<strong>现在给您的机器人发一条消息。 Write to your bot now.</strong> ${findBot(bot)}
		</p>
		<p>
			${isWaiting
				? '本页自动显示谁写了消息。 This page shows by itself who has written.'
				: html`<a href="?bot=${bot.id}">再看一次 Look again</a>`}
		</p>`;
}

/** How people find the new bot. */
const PLACES: Readonly<Record<Platform, string>> = {
	dingtalk:
		'在钉钉中搜索机器人的名称，或打开扫码后出现的会话。 Search for its name in DingTalk, or open the chat that came after the scan.',
	feishu:
		'在飞书中搜索机器人的名称，或打开它发来的问候。 Search for its name in Feishu, or open its greeting.',
	wecom: '在企业微信的通讯录 → 智能机器人中找到它。 Find it in WeCom under 通讯录 → 智能机器人.',
};

/** What the address of the conversation with a bot begins with, where one leads to it. */
const CONVERSATIONS: Readonly<Partial<Record<Platform, string>>> = {
	feishu: 'https://applink.feishu.cn/client/bot/open?appId=',
};

function findBot(bot: KnownBot): Html {
	const { platform } = bot;
	const [start, appId] = [CONVERSATIONS[platform], appIdOf(bot)];
	const address = start && appId && `${start}${appId}`;
	const link =
		address &&
		html` <a href="${address}" rel="noreferrer noopener">打开会话 Open the conversation</a>`;
	return html`${PLACES[platform]}${link}`;
}

function confirmForm({ bot, persons, places }: WaitingBot, context: BotPageContext): Html {
	if (places.length === 0) {
		return note(
			`没有流程带有${platformName(bot.platform)}触发器：请先导入或创建一个。 No workflow has a trigger of this platform: import or make one first.`,
		);
	}
	const content = html`<fieldset>
			<legend>谁写了消息，是您吗？ Who has written: is it you?</legend>
			${persons.map((person, index) => personChoice(person, index === 0, context))}
		</fieldset>
		<fieldset>
			<legend>由哪些流程回答？ Which workflows answer?</legend>
			${places.map(workflowChoice)}
		</fieldset>
		<button class="main">是我，让它开始回答 This is me, let it answer</button>`;
	return html`<p>
			确认之前，机器人只问候，不回答任何人。 Until you confirm it, the bot greets and answers
			nobody.
		</p>
		${formOf(context, { action: 'confirm', id: bot.id }, content)}`;
}

function personChoice(
	{ person, name, words, metAtMs }: NewPerson,
	isFirst: boolean,
	{ timezone }: BotPageContext,
): Html {
	const said = words ? html`：“${words}”` : '：扫了码 scanned the code';
	return html`<div>
		<label
			><input type="radio" name="person" value="${person}" required${isFirst && html` checked`} />
			<strong>${name || '（平台没有给出姓名 no name given）'}</strong> <code>${person}</code>${said}
			<span class="soft">${timeText(metAtMs, timezone)}</span></label
		>
	</div>`;
}

function workflowChoice({ workflow, before, alike }: BotPlace): Html {
	const isMeant = isAnswering(workflow) && !workflow.hasDraft;
	const instead = before && html` <span class="soft">取代 instead of ${before.name}</span>`;
	const others =
		alike.length > 0 &&
		html`<div class="soft">
			这些流程也改用它 These get it, too: ${alike.map(({ name }) => name).join(', ')}
		</div>`;
	const draft =
		workflow.hasDraft &&
		html` <span class="soft">有未发布的修改 has changes that are not published</span>`;
	return html`<div>
		<label
			><input
				type="checkbox"
				name="workflows"
				value="${workflow.id}"
				${isMeant && html` checked`}${workflow.hasDraft && html` disabled`}
			/>
			${workflow.name}</label
		>${instead}${draft}${others}
	</div>`;
}

/** A new bot: its page follows by itself. */
export function madePage({ id, name }: Pick<KnownBot, 'id' | 'name'>, said: string): BotPage {
	const address = `?bot=${id}`;
	return botPage(
		200,
		html`<h2>${name}</h2>
			${note('机器人已创建，凭证已存入 n8n。 The bot is there, and n8n has its credentials.')}
			${said && html`<p>${said}</p>`}
			<p class="links"><a href="${address}">继续 Go on</a></p>`,
		{ seconds: said ? 10 : 1, address },
	);
}

/** A bot that is not waiting for anybody: it answers, or nothing hears it yet. */
export function settledPage({ id, name, state, uses }: KnownBot, context: BotPageContext): BotPage {
	const what =
		state === 'answering'
			? '这个机器人正在回答。 This bot answers.'
			: '凭证已保存，但机器人还没有连接。 Its credentials are kept, but nothing hears this bot yet.';
	return botPage(
		200,
		html`<h2>${name}</h2>
			${note(what)}
			<ul>
				${uses.map(({ workflow }) => html`<li>${workflow.name}</li>`)}
			</ul>
			${state === 'unused' &&
			formOf(context, { action: 'goOn', id }, html`<button class="main">继续 Go on</button>`)}
			${back}`,
	);
}

/** The bot answers from now on. */
export function confirmedPage(
	bot: KnownBot,
	person: NewPerson,
	workflows: readonly string[],
): BotPage {
	return botPage(
		200,
		html`<h2>${bot.name}</h2>
			${note(
				`已确认：${person.name || person.person}。机器人开始回答。 Confirmed: the bot answers from now on.`,
			)}
			<ul>
				${workflows.map((name) => html`<li>${name}</li>`)}
			</ul>
			<p>${findBot(bot)}</p>
			${back}`,
	);
}

/** Asked once more, because the credential is deleted. */
export function disconnectPage({ id, name, uses }: KnownBot, context: BotPageContext): BotPage {
	return botPage(
		200,
		html`<h2>${name}</h2>
			${note(
				'断开后，机器人不再回答：它从以下流程中取出，凭证被删除。平台上的机器人仍在，请在平台后台删除。 The bot will answer nobody: it is taken out of these workflows, and its credential is deleted. On the platform it stays; delete it in the console.',
			)}
			<ul>
				${uses.map(({ workflow }) => html`<li>${workflow.name}</li>`)}
			</ul>
			${formOf(
				context,
				{ action: 'reallyDisconnect', id },
				html`<button class="bad">确认断开 Really disconnect</button>`,
			)}${back}`,
	);
}
