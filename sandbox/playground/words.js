/** Every word of the page. A function takes what varies. */
const words = {
	en: {
		title: 'ClawBot Playground',
		lead: 'Type as a user; see what each platform really sends and receives.',
		keys: 'Enter sends · Shift+Enter new line · Alt+1 2 3 4 chooses a pane',
		offline:
			'The sandbox does not answer. Is it still running? Start it again with npm start; this page reconnects by itself.',
		dingtalk: 'DingTalk 钉钉',
		feishu: 'Feishu 飞书',
		wecom: 'WeCom 企业微信',
		operations: 'Operations group 运维群',
		to: 'Send to',
		bot: 'To: the bot, as the platform delivers',
		published: 'Published',
		test: 'Test: press Execute step in n8n first',
		otherUrl: 'Another URL …',
		url: 'Paste a test or production URL of a trigger',
		as: 'Write as',
		person: (id) =>
			({ zhangsan: '张三 Zhang San', lisi: '李四 Li Si', wangwu: '王五 Wang Wu' })[id] ?? id,
		mention: '@ the bot',
		unmentioned: 'without @',
		everybody: 'everybody',
		attach: 'Attach a picture, file or voice',
		attachShort: '＋ Attach',
		remove: 'Remove',
		tooBig: 'That file is over 20 MB.',
		quote: 'Quote',
		placeholderOperations: '/dlq list, /alert list, or a question',
		emptyOperations: 'Alerts of group robots land here. Type /dlq or /alert as an operator.',
		silentUnmentioned: (seconds) =>
			`No answer after ${seconds} s: in a group a bot answers who mentions it, unless its trigger says otherwise.`,
		silentCommand: (seconds) =>
			`No answer after ${seconds} s. Commands are answered in operations groups only, as "dead letter commands" and "alert commands" name them; any other conversation is told so once a day. Look at their executions in n8n.`,
		botLegend: 'Kind of bot',
		typeLegend: 'Kind of chat',
		app: 'App',
		aibot: 'AI bot',
		direct: 'Direct',
		group: 'Group',
		send: 'Send',
		unconnected: 'No connection',
		unknown: 'Unknown: the sandbox does not answer',
		httpOnly: 'HTTP callbacks: an app of WeCom has no connection',
		connected: (count, since) =>
			count > 1 ? `${count} connections, since ${since}` : `Connected since ${since}`,
		frozen: 'Connection frozen: nothing is said or heard, TCP stays',
		freeze: 'Freeze',
		freezeHint: 'The connection stays open and falls silent, as behind a router that forgot it',
		disconnect: 'Disconnect',
		disconnectHint: 'The platform ends the connection, announced where it announces that',
		madeByScan: 'Made by a scan',
		codesOf: (name) => `Codes that wait for a scan on ${name}`,
		codeWaits: (name) => `${name}: a code waits for a scan`,
		code: (code, source, minutes) =>
			`Code ${code}${source ? ` of ${source}` : ''}, good for ${minutes} min`,
		codeAddress: 'What the QR code holds: with its whole address its permissions come along',
		scan: 'Scan',
		scanHint: 'Plays the phone of the person chosen below',
		confirm: 'Confirm',
		deny: 'Deny',
		lark: 'at Lark',
		offerNew: (name) => (name ? `Makes the bot “${name}”.` : 'Makes a new bot.'),
		offerUpdate: (id) => `Updates the app ${id}.`,
		offerWith: (what, gets) => `${what} ${gets}`,
		offerGrants: (names) => `It gets: ${names}.`,
		offerNothing: 'It gets no permission.',
		offerOwn: 'It gets what the platform chooses.',
		made: (name) => `The bot ${name} is there. Write to it.`,
		toBot: (person, bot) => `${person} → ${bot}`,
		messageTo: (name) => `Message to the bot on ${name}`,
		logOf: (name) => `Conversation on ${name}`,
		placeholder: 'Ask something, or /help',
		empty: 'Nothing said yet. Type below.',
		sending: 'Delivering …',
		way: (by) => (by === 'stream' ? 'connection' : 'HTTP'),
		acknowledged: (status, ms, attempt, way) =>
			`${way}: acknowledged ${status} in ${ms} ms${attempt > 1 ? `, delivery ${attempt}` : ''}`,
		refused: (reason, way) => `${way}: not acknowledged: ${reason}.`,
		failed: (reason) => `not sent: ${reason}.`,
		waiting: (seconds) => `The bot is thinking … ${seconds} s`,
		silent: (seconds) =>
			`No answer after ${seconds} s, though the message was acknowledged. Did a test in the editor take it? Else look in n8n: what failed in sending stands on the dead-letter page with its cure, anything else in the failed execution.`,
		pushed: 'sent by the bot on its own',
		recalled: 'recalled',
		edited: (count) => `edited ${count}×`,
		answered: (name, text) => `${name}, the bot answers: ${text}`,
		wire: 'Wire',
		delivery: (number, way) => `Platform → bot (${way})${number > 1 ? `, delivery ${number}` : ''}`,
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
			noConnection: 'no connection is open',
			ended: 'the connection ended before the acknowledgement',
			notSent: 'the connection is frozen or cut',
			unacknowledged: 'no acknowledgement came',
			codeOver: 'the code is no longer good: let the program show a new one',
			codeUnknown: 'no code waits at this address',
			noApp: (id) => `there is no app ${id} to update`,
			addons: (what) => `what the address asks for cannot be read: ${what}`,
		},
		cures: {
			noConnection:
				'Is n8n running, and the workflow published? What the platform delivers again comes by the next connection.',
			noCallback:
				'Start the sandbox with npm start, which sets the addresses, or set them with --callback.',
			unreachable:
				'Is n8n running? The address is where the trigger of the published workflow listens.',
			timeout: 'Is n8n busy or stopped? The platform will deliver the message again.',
			401: 'The trigger did not accept the signature. Does its credential hold the values of the sandbox?',
			404: 'n8n knows no such webhook. Publish the workflow in the editor.',
			test: 'n8n does not listen there now: press Execute step or Execute workflow in the editor, then send again. It listens for one message.',
			500: "n8n could not start the workflow. Look at its log and at the trigger's settings.",
		},
	},
	zh: {
		title: 'ClawBot 演练场',
		lead: '以用户身份发消息，查看各平台真实收发的内容。',
		keys: 'Enter 发送 · Shift+Enter 换行 · Alt+1 2 3 4 切换窗口',
		offline: '沙箱没有响应，是否仍在运行？请重新执行 npm start，本页会自动重连。',
		dingtalk: '钉钉',
		feishu: '飞书',
		wecom: '企业微信',
		operations: '运维群',
		to: '发送到',
		bot: '发往：机器人，按平台的方式',
		published: '已发布',
		test: '测试：先在 n8n 中点 Execute step',
		otherUrl: '其他 URL…',
		url: '粘贴触发器的测试或生产 URL',
		as: '身份',
		person: (id) => ({ zhangsan: '张三', lisi: '李四', wangwu: '王五' })[id] ?? id,
		mention: '@机器人',
		unmentioned: '未 @',
		everybody: '所有人',
		attach: '添加图片、文件或语音',
		attachShort: '＋ 附件',
		remove: '移除',
		tooBig: '文件超过 20 MB。',
		quote: '引用',
		placeholderOperations: '/死信 列表、/告警 列表，或提问',
		emptyOperations: '群机器人的告警显示在这里。可以以运维人员身份输入 /死信 或 /告警。',
		silentUnmentioned: (seconds) =>
			`${seconds} 秒内没有回复：群里的机器人只回答 @ 它的人，除非触发器另有设置。`,
		silentCommand: (seconds) =>
			`${seconds} 秒内没有回复。运维命令只在 dead letter commands 和 alert commands 所列的运维群中有效；其他会话每天提示一次。请查看它们在 n8n 中的执行记录。`,
		botLegend: '机器人类型',
		typeLegend: '会话类型',
		app: '自建应用',
		aibot: '智能机器人',
		direct: '单聊',
		group: '群聊',
		send: '发送',
		unconnected: '未连接',
		unknown: '未知：沙箱没有响应',
		httpOnly: 'HTTP 回调：企业微信自建应用没有长连接',
		connected: (count, since) =>
			count > 1 ? `${count} 个连接，自 ${since}` : `已连接，自 ${since}`,
		frozen: '连接已冻结：不收不发，TCP 仍在',
		freeze: '冻结',
		freezeHint: '连接保持打开但不再收发，如同路由器丢失了它',
		disconnect: '断开',
		disconnectHint: '平台断开该连接，会预告的平台先行预告',
		madeByScan: '扫码创建',
		codesOf: (name) => `${name} 待扫描的二维码`,
		codeWaits: (name) => `${name}：有二维码等待扫描`,
		code: (code, source, minutes) =>
			`二维码 ${code}${source ? `（${source}）` : ''}，${minutes} 分钟内有效`,
		codeAddress: '二维码的内容：填入完整地址，其中的权限才会一并申请',
		scan: '扫码',
		scanHint: '以下方所选人员的手机扫码',
		confirm: '确认',
		deny: '拒绝',
		lark: 'Lark 用户',
		offerNew: (name) => (name ? `将创建机器人“${name}”。` : '将创建新机器人。'),
		offerUpdate: (id) => `将更新应用 ${id}。`,
		offerWith: (what, gets) => what + gets,
		offerGrants: (names) => `将获得：${names}。`,
		offerNothing: '不申请任何权限。',
		offerOwn: '权限由平台决定。',
		made: (name) => `机器人 ${name} 已创建，可以给它发消息。`,
		toBot: (person, bot) => `${person} → ${bot}`,
		messageTo: (name) => `发给 ${name} 机器人的消息`,
		logOf: (name) => `${name} 会话`,
		placeholder: '提个问题，或输入 /帮助',
		empty: '还没有消息，请在下方输入。',
		sending: '正在投递…',
		way: (by) => (by === 'stream' ? '长连接' : 'HTTP'),
		acknowledged: (status, ms, attempt, way) =>
			`${way}：已确认 ${status}，用时 ${ms} ms${attempt > 1 ? `，第 ${attempt} 次投递` : ''}`,
		refused: (reason, way) => `${way}：未确认：${reason}。`,
		failed: (reason) => `未发出：${reason}。`,
		waiting: (seconds) => `机器人正在思考… ${seconds} 秒`,
		silent: (seconds) =>
			`${seconds} 秒内没有回复，但消息已确认。是否被编辑器中的测试取走？否则，发送失败的消息和处理办法在死信页；其他失败请看 n8n 的执行记录。`,
		pushed: '机器人主动发送',
		recalled: '已撤回',
		edited: (count) => `已编辑 ${count} 次`,
		answered: (name, text) => `${name}，机器人回复：${text}`,
		wire: '报文',
		delivery: (number, way) =>
			`平台 → 机器人（${way}）${number > 1 ? `，第 ${number} 次投递` : ''}`,
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
			noConnection: '没有打开的连接',
			ended: '确认之前连接已断开',
			notSent: '连接已冻结或已断开',
			unacknowledged: '没有收到确认',
			codeOver: '二维码已失效，请让程序重新显示',
			codeUnknown: '没有等待扫描的二维码对应此地址',
			noApp: (id) => `没有可更新的应用 ${id}`,
			addons: (what) => `无法读取地址中申请的内容：${what}`,
		},
		cures: {
			noConnection: 'n8n 是否在运行、工作流是否已发布？平台会重新投递的消息将在下次连接后送达。',
			noCallback: '请用 npm start 启动沙箱（会自动设置回调地址），或用 --callback 指定。',
			unreachable: 'n8n 是否在运行？回调地址应指向已发布工作流的触发器。',
			timeout: 'n8n 是否繁忙或已停止？平台稍后会再次投递。',
			401: '触发器没有通过验签。请检查其凭证是否为沙箱的值。',
			404: 'n8n 找不到该 Webhook。请在编辑器中发布工作流。',
			test: 'n8n 现在没有监听：请先在编辑器中点 Execute step 或 Execute workflow，再发送。每次只接收一条消息。',
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
	if (/no connection is open/.test(text)) return reasons.noConnection;
	if (/connection ended/.test(text)) return reasons.ended;
	if (text === 'not sent') return reasons.notSent;
	if (text === 'no acknowledgement') return reasons.unacknowledged;
	return reasonOfCode(text) ?? (/connection refused/.test(text) ? reasons.unreachable : text);
}

/** The same for a code that somebody has scanned. */
function reasonOfCode(text) {
	const { reasons } = words[language];
	if (/^the code \S+ (has expired|has been used|was denied)$/.test(text)) return reasons.codeOver;
	if (/is the address of no code$/.test(text)) return reasons.codeUnknown;
	const [, id] = /^no app (\S+) to update$/.exec(text) ?? [];
	if (id) return reasons.noApp(id);
	const [, what] = /^addons: (.*)$/s.exec(text) ?? [];
	return what && reasons.addons(what);
}

/** What a person can do about a delivery that failed; empty when the reason says it all. */
export function cure({ status = 0, refused = '', by }, url = '') {
	const { cures } = words[language];
	if (/no callback URL/.test(refused)) return cures.noCallback;
	if (/no answer within/.test(refused)) return cures.timeout;
	if (/no connection is open/.test(refused)) return cures.noConnection;
	if (by === 'stream') return status >= 500 ? cures[500] : '';
	if (!status) return cures.unreachable;
	if (status === 404 && url.includes('/webhook-test/')) return cures.test;
	return cures[status] ?? (status >= 500 ? cures[500] : '');
}
