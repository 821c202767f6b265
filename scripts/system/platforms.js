'use strict';

/** Where *ask platforms* asks for the time, whose account tells who stands in for that platform, and the sandbox's path. */
const PLATFORMS = [
	{ type: 'dingTalkAppApi', official: 'https://oapi.dingtalk.com', path: 'dingtalk' },
	{ type: 'feishuAppApi', official: 'https://open.feishu.cn', path: 'feishu' },
	{ type: 'weComAppApi', official: 'https://qyapi.weixin.qq.com', path: 'wecom' },
];

/** The same workflows, asking the sandbox where the account is the sandbox's: a trial asks nobody else. */
function atSandbox(workflows, sandboxUrl, credentials) {
	const text = PLATFORMS.filter(({ type }) =>
		credentials.some((credential) => credential.type === type && !credential.real),
	).reduce(
		(all, { official, path }) => all.replaceAll(`"${official}/`, `"${sandboxUrl}/${path}/`),
		JSON.stringify(workflows),
	);
	return JSON.parse(text);
}

/** The bundle's own form of what `atSandbox` made. */
function atOfficial(workflow) {
	const text = PLATFORMS.reduce(
		(all, { official, path }) =>
			all.replace(new RegExp(`"http://127\\.0\\.0\\.1:\\d+/${path}/`, 'g'), `"${official}/`),
		JSON.stringify(workflow),
	);
	return JSON.parse(text);
}

module.exports = { atOfficial, atSandbox };
