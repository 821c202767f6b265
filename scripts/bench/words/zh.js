'use strict';

/** @import { Words } from '../words.js' */

/** @type {Words['engines']} */
const engines = { lazy: 'lazy 引擎', default: '默认引擎' };

const AGAINST = ['HTTP', '下限'].flatMap((other) =>
	['应答 p99', '额外 p95', 'CPU'].map((what) => `${what} ÷ ${other}`),
);

/** @type {Words['wanted']} */
const wanted = {
	burst: (ms) => `2 秒内 500 条消息，每条都在 ${ms} ms 内应答`,
	burstShare: {
		lazy: '2 秒内 500 条消息的应答 p99 不超过 HTTP 的四分之一',
		default: '2 秒内 500 条消息的应答 p99 不超过 HTTP 的二十分之一',
	},
	steady: '每秒 17 条时的应答 p99 不高于 HTTP',
	overhead: (ms) =>
		`每秒 17 条、TLS、往返 40 ms 时，回复在模型自身用时之外最多再用 ${ms} ms（p95）`,
	keepAlive: '经 TLS，Keep-Alive 使每条回复的处理器时间至少减半（与每次请求新建连接相比）',
	belowHttp: '每种负载下，每条回复的处理器时间都低于 HTTP',
	once: '每条消息只回复一次',
	belowFloor: '每种负载下，每条回复的处理器时间都不高于下限',
	restart: '重启前已应答的消息，重启后仍能识别',
	idle: (ms) => `重试、存储、恢复和通知在空闲时每秒最多用 ${ms} ms 处理器时间`,
	due: (seconds) => `等待一秒的消息在到期后 ${seconds} 秒内再次发送`,
	recovery: (seconds) => `崩溃后，n8n 就绪起 ${seconds} 秒内开始恢复`,
	noHarm: '全部测量中没有丢失消息，也没有重复回复',
};

/** @type {Words['texts']} */
const texts = {
	title: '性能',
	otherLanguage: '[English](performance.md) · [README](../README.zh-CN.md)',
	written: '由 `npm run bench` 生成；数据来自最近一次运行它的机器。',
	machine: '机器',
	wanted: '目标',
	notReached: '未达到',
	method: '测量方法',
	figures: '数据',
	idleCpu: (ms) => `空闲时，这个 n8n 每秒使用 ${ms} ms 处理器时间。`,
	leftOut: (cells) => `这台机器太慢，未测量：${cells}。`,
	duplicates: '消息去重',
	reliability: '可靠性',
	idle: '空闲',
};

const METHOD = `- **下限**：只用 n8n 自带节点，Webhook → HTTP Request 请求模型 → Respond to Webhook，能回复钉钉机器人的最小流程。它不验签、不识别
  重复投递，应答就是回复。
- **HTTP**：内置的 \`workflows/answer-bot-messages.json\`：触发器 → Bot Router → AI Reply，消息经 HTTP 回调到达，
  其余内置工作流也都已发布。
- **长连接**：同一工作流的副本，消息经平台的长连接到达。*Keep-Alive 关*：关闭凭证中的这个开关，每次请求都新建连接，与 n8n 自身的做法相同。
- 各方在同一个 n8n 中轮流测量，下限最后；均已发布，使用 SQLite，其余设置为 n8n 默认。各方收到同样多的人发来的钉钉消息，使用同一个立即回答的模型。
  *三个平台*：钉钉、飞书、企业微信轮流；经 HTTP 时为企业微信自建应用，经长连接时为智能机器人（没有应答）。模拟平台不限流；节点仍遵守限流，
  因此三个平台突发时，飞书每秒超过 50 条的回复在重试队列中等待。
- **TLS**：n8n 发往平台和模型的所有请求都经过 TLS，包括长连接；测试用的证书颁发机构由 \`NODE_EXTRA_CA_CERTS\` 指定。往返 40 ms 时，由中继让每个
  方向各等一半：建立连接、握手和请求的耗时与真实网络相同。回调始终是没有距离的普通 HTTP，因此往返 40 ms 时，长连接的应答比 HTTP 多包含一个往返。
- 开环：消息按时间发送，不等结果。时间以毫秒计，从消息应发送的时刻算起。*应答*：到应答结束，长连接在平台一侧测量。*额外*：到回复抵达平台
  （下限：在应答中），减去模型自身用时（此处为零）。*CPU ms*：每条已回复消息所用的 n8n 及其子进程的处理器时间；每秒 1 条时包含空闲 n8n 的用量。
- *未应答*：没有应答的消息；*丢失*：已应答但从未回复；*重复*：回复多于一次。
- 模拟平台、中继和负载发送方与 n8n 共用这台机器的处理器。`;

/** @type {Words['picture']} */
const picture = {
	alt: '消息多快得到应答和回复：下限、HTTP 与长连接，数据来自下面的表格',
	acknowledged: (engine) => `应答用时（p99），${engine}`,
	answered: '回复在模型之外的用时（p95），每秒 17 条',
	scale: '越靠左越快。刻度每一格为十倍时间。',
	deadline: '飞书最多等 3 秒',
	sides: {
		floor: 'n8n 自带节点',
		http: 'ClawBot，HTTP 回调',
		noKeepAlive: 'ClawBot，长连接，Keep-Alive 关',
		stream: 'ClawBot，长连接',
	},
};

/** @type {Words['tables']} */
const tables = {
	duplicates:
		'已见消息的记录存放在工作流的静态数据中，重启后仍在。*满*：n8n 启动时已有 16,384 个 id。经 HTTP，每秒 17 条：',
	duplicateColumns: ['消息', '应答 p50', '应答 p95', '应答最大', 'CPU ms', '未应答', '再次回复'],
	fresh: { empty: '新消息，记录为空', full: '新消息，记录已满' },
	redelivered: { empty: '重复投递，记录为空', full: '重复投递，记录已满' },
	reliability: (
		names,
	) => `已回复的消息不经过本包的任何存储：n8n 的执行记录就是收件箱。可靠性的开销是：回复节点中的占用和排队，已包含在上面每一行中；
自行启动的工作流（${names.join('；')}）；
以及企业微信自建应用的回复在 n8n 数据库中的一条记录，因为该平台没有幂等键。*CPU ms* 按每条消息计，包含空闲 n8n 的用量。经 HTTP，每秒 17 条：`,
	reliabilityColumns: ['消息', '应答 p50', '额外 p50', '额外 p95', 'CPU ms', '空闲 CPU ms/s'],
	cases: {
		on: '钉钉',
		off: '钉钉，没有自行启动的工作流',
		wecom: '企业微信自建应用，带记录',
	},
	idle: (
		seconds,
	) => `没有任务的 n8n 每秒使用的处理器时间（ms）：先是没有任何自行启动的工作流时，然后是每组增加的用量。数据表中有一小时工作留下的内容（600 条后来才送达的
投递、40 条已通知的死信、10 条还要等几小时的、已恢复的崩溃执行）。重试、存储、恢复和通知测量 ${seconds} 秒。心跳、指标和其余工作流按时间运行，每分钟最多
一次；前三者在到期时才唤醒（[原理](life-of-a-message.md#what-wakes-the-workflows)）。`,
	idleColumns: ['运行的工作流', 'ms/s'],
	states: {
		none: '没有自行启动的工作流',
		delivery: '+ 重试、存储、恢复和通知',
		watching: '+ 心跳和指标监测，各一个来源',
		all: '+ 全部内置工作流',
	},
};

/** @type {Words} */
const zh = {
	lang: 'zh-CN',
	engines,
	engineTitles: {
		lazy: 'lazy 引擎（`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true`，`npm start` 的设置）',
		default: 'n8n 的默认引擎',
	},
	networks: { plain: '无 TLS', tls0: 'TLS 0 ms', tls40: 'TLS 40 ms' },
	networkTitles: {
		plain: '普通 HTTP，没有距离',
		tls0: 'TLS，没有距离',
		tls40: 'TLS，往返 40 ms',
	},
	sides: { floor: '下限', http: 'HTTP', noKeepAlive: '长连接，Keep-Alive 关', stream: '长连接' },
	loads: {
		'1/s': '每秒 1 条',
		'17/s': '每秒 17 条',
		'50/s': '每秒 50 条',
		'200/s': '每秒 200 条',
		burst: '2 秒 500 条',
		'17/s-three': '每秒 17 条，三个平台',
		'burst-three': '2 秒 500 条，三个平台',
		'burst-after-start': '2 秒 500 条，刚启动',
	},
	columns: [
		...['负载：方式', '应答 p50', '应答 p95', '应答 p99', '应答最大'],
		...['额外 p50', '额外 p95', '额外 p99', 'CPU ms', '未应答', '丢失', '重复', ...AGAINST],
	],
	wanted,
	texts,
	method: METHOD,
	picture,
	tables,
	byConnection: (engine, what) => `长连接，${engines[engine]}：${what}`,
	byHttp: (engine, what) => `HTTP，${engines[engine]}：${what}`,
	toHttp: (own, http) => `${own} ms 对 ${http} ms`,
	answered: (messages, missing, twice) =>
		`${messages} 条消息：${missing} 条未回复，${twice} 条重复回复`,
	restarted: (before, { figures, answeredAgain }, fresh) =>
		`再次投递 ${before} 条：${figures.notAcknowledged} 条未应答，${answeredAgain} 条再次回复；新消息 ${fresh.count} 条：${fresh.notAnswered} 条未回复`,
	arrived: (count, all, median, latest) =>
		`${all} 条中 ${count} 条到达，p50 ${median} ms，最晚 ${latest} ms`,
	never: '一分钟内没有开始',
	harmed: (messages, lost, twice) =>
		`${messages} 条消息：${lost} 条已应答但从未回复，${twice} 条重复回复`,
};

module.exports = { zh };
