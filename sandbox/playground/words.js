/** Every word of the page. A function takes what varies. */
const words = {
	en: {
		title: 'ClawBot Playground',
		lead: 'Type as a user; see what each platform really sends and receives.',
		keys: 'Enter sends · Shift+Enter new line · Alt+1 2 3 chooses a pane',
		offline:
			'The sandbox does not answer. Is it still running? Start it again with npm start; this page reconnects by itself.',
		dingtalk: 'DingTalk 钉钉',
		feishu: 'Feishu 飞书',
		wecom: 'WeCom 企业微信',
		botLegend: 'Kind of bot',
		typeLegend: 'Kind of chat',
		app: 'App',
		aibot: 'AI bot',
		direct: 'Direct',
		group: 'Group',
		send: 'Send',
		messageTo: (name) => `Message to the bot on ${name}`,
		logOf: (name) => `Conversation on ${name}`,
		placeholder: 'Ask something, or /help',
		empty: 'Nothing said yet. Type below as Zhang San (张三).',
		sending: 'Delivering …',
		acknowledged: (status, ms, attempt) =>
			`acknowledged ${status} in ${ms} ms${attempt > 1 ? `, delivery ${attempt}` : ''}`,
		refused: (reason) => `not acknowledged: ${reason}.`,
		failed: (reason) => `not sent: ${reason}.`,
		waiting: (seconds) => `The bot is thinking … ${seconds} s`,
		silent: (seconds) =>
			`No answer after ${seconds} s. The message was acknowledged, so look at the execution in n8n: which node failed?`,
		pushed: 'sent by the bot on its own',
		recalled: 'recalled',
		edited: (count) => `edited ${count}×`,
		answered: (name, text) => `${name}, the bot answers: ${text}`,
		wire: 'Wire',
		delivery: (number) => (number > 1 ? `Platform → bot, delivery ${number}` : 'Platform → bot'),
		reply: 'Bot → platform',
		request: (line) => `Request: ${line}`,
		response: (status, ms) => (status ? `Answer: ${status} in ${ms} ms` : `No answer, ${ms} ms`),
		acknowledgement: (status, ms) =>
			status ? `Acknowledgement: ${status} in ${ms} ms` : `No acknowledgement, ${ms} ms`,
		refusedBy: (reason) => `refused by the platform: ${reason}`,
		nothing: '(empty)',
		reasons: {
			noCallback: 'no callback address is set for this bot',
			unreachable: 'nothing listens at the callback address (connection refused)',
			timeout: (ms) => `no answer within ${ms} ms`,
		},
		cures: {
			noCallback:
				'Start the sandbox with npm start, which sets the addresses, or set them with --callback.',
			unreachable:
				'Is n8n running? The address is where the trigger of the published workflow listens.',
			timeout: 'Is n8n busy or stopped? The platform will deliver the message again.',
			401: 'The trigger did not accept the signature. Does its credential hold the values of the sandbox?',
			404: 'n8n knows no such webhook. Publish the workflow in the editor.',
			500: "n8n could not start the workflow. Look at its log and at the trigger's settings.",
		},
	},
	zh: {
		title: 'ClawBot 演练场',
		lead: '以用户身份发消息，查看各平台真实收发的内容。',
		keys: 'Enter 发送 · Shift+Enter 换行 · Alt+1 2 3 切换窗口',
		offline: '沙箱没有响应，是否仍在运行？请重新执行 npm start，本页会自动重连。',
		dingtalk: '钉钉',
		feishu: '飞书',
		wecom: '企业微信',
		botLegend: '机器人类型',
		typeLegend: '会话类型',
		app: '自建应用',
		aibot: '智能机器人',
		direct: '单聊',
		group: '群聊',
		send: '发送',
		messageTo: (name) => `发给 ${name} 机器人的消息`,
		logOf: (name) => `${name} 会话`,
		placeholder: '提个问题，或输入 /帮助',
		empty: '还没有消息。请在下方以“张三”的身份输入。',
		sending: '正在投递…',
		acknowledged: (status, ms, attempt) =>
			`已确认 ${status}，用时 ${ms} ms${attempt > 1 ? `，第 ${attempt} 次投递` : ''}`,
		refused: (reason) => `未确认：${reason}。`,
		failed: (reason) => `未发出：${reason}。`,
		waiting: (seconds) => `机器人正在思考… ${seconds} 秒`,
		silent: (seconds) =>
			`${seconds} 秒内没有回复。消息已确认，请在 n8n 的执行记录中查看是哪个节点失败。`,
		pushed: '机器人主动发送',
		recalled: '已撤回',
		edited: (count) => `已编辑 ${count} 次`,
		answered: (name, text) => `${name}，机器人回复：${text}`,
		wire: '报文',
		delivery: (number) => (number > 1 ? `平台 → 机器人，第 ${number} 次投递` : '平台 → 机器人'),
		reply: '机器人 → 平台',
		request: (line) => `请求：${line}`,
		response: (status, ms) => (status ? `应答：${status}，用时 ${ms} ms` : `无应答，${ms} ms`),
		acknowledgement: (status, ms) =>
			status ? `确认：${status}，用时 ${ms} ms` : `未收到确认，${ms} ms`,
		refusedBy: (reason) => `平台拒绝：${reason}`,
		nothing: '（空）',
		reasons: {
			noCallback: '没有为该机器人设置回调地址',
			unreachable: '回调地址无人监听（连接被拒绝）',
			timeout: (ms) => `${ms} ms 内没有应答`,
		},
		cures: {
			noCallback: '请用 npm start 启动沙箱（会自动设置回调地址），或用 --callback 指定。',
			unreachable: 'n8n 是否在运行？回调地址应指向已发布工作流的触发器。',
			timeout: 'n8n 是否繁忙或已停止？平台稍后会再次投递。',
			401: '触发器没有通过验签。请检查其凭证是否为沙箱的值。',
			404: 'n8n 找不到该 Webhook。请在编辑器中发布工作流。',
			500: 'n8n 无法启动工作流。请查看日志和触发器设置。',
		},
	},
};

const KEY = 'clawbot-playground-language';

const remembered = () => {
	try {
		return localStorage.getItem(KEY);
	} catch {
		return null; // Storage may be off; the browser's language decides then.
	}
};

let language = remembered() ?? (navigator.language.startsWith('zh') ? 'zh' : 'en');
if (!words[language]) language = 'en';

export const currentLanguage = () => language;

export function chooseLanguage(value) {
	language = value;
	try {
		localStorage.setItem(KEY, value);
	} catch {
		// The choice then lasts as long as the page.
	}
}

export const word = (name, ...values) => {
	const text = words[language][name];
	return typeof text === 'function' ? text(...values) : text;
};

/** The sandbox's words for a failure in the page's language; words it does not know stay as they are. */
export function reason(text) {
	const { reasons } = words[language];
	const [, ms] = /no answer within (\d+) ms/.exec(text) ?? [];
	if (ms) return reasons.timeout(ms);
	if (/no callback URL/.test(text)) return reasons.noCallback;
	return /connection refused/.test(text) ? reasons.unreachable : text;
}

/** What a person can do about a delivery that failed; empty when the reason says it all. */
export function cure(status, text) {
	const { cures } = words[language];
	if (/no callback URL/.test(text)) return cures.noCallback;
	if (/no answer within/.test(text)) return cures.timeout;
	if (!status) return cures.unreachable;
	return cures[status] ?? (status >= 500 ? cures[500] : '');
}
