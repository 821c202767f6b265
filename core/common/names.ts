const PLATFORMS: Readonly<Record<string, string>> = {
	dingtalk: '钉钉 DingTalk',
	feishu: '飞书 Feishu',
	wecom: '企业微信 WeCom',
};

/** A platform's name for people, in Chinese and English; whatever else it is called as it is. */
export const platformName = (name: string): string =>
	Object.hasOwn(PLATFORMS, name) ? PLATFORMS[name]! : name;
