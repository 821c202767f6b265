/** The package's protocol code: bytes in, values out; no n8n, no HTTP, no clock of its own. */
export * from './verify';
export * from './errors';
export * as dingtalkSign from './dingtalk/sign';
export * as dingtalkCrypt from './dingtalk/crypt';
export * as dingtalkStream from './dingtalk/stream';
export * as feishuSign from './feishu/sign';
export * as feishuCrypt from './feishu/crypt';
export * as feishuStream from './feishu/stream';
export * as wecomCrypt from './wecom/crypt';
export * as wecomEncode from './wecom/encode';
export * as wecomXml from './wecom/xml';
export * as modelAuth from './model/auth';
