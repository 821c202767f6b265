/** The package's protocol code: bytes in, values out; no n8n, no HTTP, no clock of its own. */
export * from './verify';
export * from './errors';
export * as dingtalkSign from './dingtalk/sign';
export * as dingtalkCrypt from './dingtalk/crypt';
export * as dingtalkStream from './dingtalk/stream';
export * as dingtalkDecode from './dingtalk/decode';
export * as feishuSign from './feishu/sign';
export * as feishuCrypt from './feishu/crypt';
export * as feishuStream from './feishu/stream';
export * as feishuDecode from './feishu/decode';
export * as wecomCrypt from './wecom/crypt';
export * as wecomEncode from './wecom/encode';
export * as wecomXml from './wecom/xml';
export * as wecomDecode from './wecom/decode';
export * as wecomDecodeAiBot from './wecom/decodeAiBot';
export * as modelAuth from './model/auth';
