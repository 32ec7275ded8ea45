import type { GrokGeneration, ImageMethod, Settings } from '../../../../src/contract/settings';
import type { SettingPath } from '../../api/setting-values';
import type { GroupName } from './setting-spec';

/** What a setting is called, and what it does, in one sentence. */
export type SettingText = readonly [name: string, hint: string];

export type OptionName = Settings['app']['image_format'] | ImageMethod | GrokGeneration;

interface SettingTexts {
  readonly groups: Readonly<Record<GroupName, string>>;
  readonly settings: Readonly<Record<SettingPath, SettingText>>;
  readonly options: Readonly<Record<OptionName, string>>;
}

/** A setting without a text does not compile. */
export const settingTexts: Readonly<Record<'en' | 'zh', SettingTexts>> = {
  en: {
    groups: {
      app: 'Gateway',
      grok: 'Grok',
      images: 'Images',
      video: 'Videos',
      media: 'Media links',
      cache: 'Cache',
      stream: 'Streaming',
      retry: 'Retries',
      token: 'Credential pool',
    },
    settings: {
      'app.app_url': [
        'Public address',
        'What links to pictures and videos begin with. Empty: the address of the request.',
      ],
      'app.image_format': [
        'Picture format',
        'How pictures are answered when a request does not say.',
      ],
      'app.time_zone': [
        'Time zone',
        'Where the day of the daily limits begins, such as Europe/Berlin. Empty: the deployed offset.',
      ],
      'app.call_retention_days': ['Keep calls for', 'Older calls leave the log; daily sums stay.'],
      'app.call_retention_rows': [
        'Keep at most',
        'The oldest calls leave the log above this; daily sums stay.',
      ],
      'app.audit_retention_days': [
        'Keep the audit log for',
        'Older entries are deleted once a day.',
      ],
      'grok.temporary': [
        'Temporary conversations',
        'Conversations do not appear in the history of the Grok account.',
      ],
      'grok.generations': [
        'Model generations',
        'Which generations of models are offered; where two have one name, the first serves it.',
      ],
      'grok.image_generation_method': [
        'Drawing method',
        'How grok-imagine-1.0 draws its pictures.',
      ],
      'grok.thinking': [
        'Show reasoning',
        'Answers carry what the model thought when a request does not say.',
      ],
      'grok.filter_tags': ['Filtered tags', 'Parts of an answer inside these tags are left out.'],
      'grok.x_statsig_id': [
        'x-statsig-id header',
        'A value you copied from your own browser; sent as it is.',
      ],
      'grok.cf_clearance': [
        'cf_clearance cookie',
        'A value you copied from your own browser; sent as it is, with its user agent.',
      ],
      'grok.user_agent': [
        'User agent',
        'What is said to Grok; the same browser that the cookie was copied from.',
      ],
      'images.total_s': ['Longest drawing', 'A request for pictures ends after this.'],
      'images.enable_nsfw': [
        'Allow adult content',
        'What the Imagine connection is told of adult content.',
      ],
      'video.total_s': ['Longest video', 'A video that is not done after this has failed.'],
      'video.poster_preview': [
        'Poster instead of a player',
        'Chat answers show a poster that links to the video.',
      ],
      'video.upscale': [
        'Upscale to 720p',
        'A 720p video that a basic account could only make in 480p is upscaled.',
      ],
      'media.open_links': [
        'Links without signature',
        'Links to media work for everyone and for ever, as in earlier versions.',
      ],
      'media.link_hours': ['Links work for', 'A signed link ends after this.'],
      'media.reads_per_token': [
        'Reads per credential',
        'Files of one account that are read at once.',
      ],
      'cache.enable_auto_clean': [
        'Clear automatically',
        'At midnight what has expired is cleared away.',
      ],
      'cache.limit_mb': [
        'Largest cache',
        'Above this the files that were read longest ago go first.',
      ],
      'stream.head_ms': [
        'Wait before streaming',
        'An admitted stream begins this late at most, so that an early failure keeps its status.',
      ],
      'stream.heartbeat_ms': ['Heartbeat', 'A sign of life is sent after this much silence.'],
      'stream.first_part_s': [
        'Wait for the first part',
        'An answer that has not begun after this is tried elsewhere.',
      ],
      'stream.idle_s': ['Wait between parts', 'An answer that is silent for this long is ended.'],
      'stream.total_s': ['Longest answer', 'An answer ends after this, whatever comes.'],
      'retry.max_attempts': ['Attempts', 'Credentials tried for one call, the first included.'],
      'token.max_in_flight': [
        'Calls per credential',
        'Calls one credential serves at once; 0 is no limit.',
      ],
      'token.unknown_in_flight': [
        'Calls per unread quota',
        'Calls served at once from a quota that was never read.',
      ],
      'token.limited_s': [
        'Rest after a rate limit',
        'How long a quota rests when upstream names no time.',
      ],
      'token.max_retry_after_s': [
        'Longest believed wait',
        'A longer waiting time from upstream is cut to this.',
      ],
      'token.revoked_s': [
        'Rest after a refusal',
        'How long a credential rests after it was not accepted.',
      ],
      'token.fail_threshold': [
        'Refusals until expired',
        'A credential refused this often in a row counts as expired.',
      ],
      'token.faulty_strikes': [
        'Failures until a rest',
        'A credential that fails this often in a row rests.',
      ],
      'token.faulty_s': ['Rest after failures', 'How long a failing credential rests.'],
      'token.breaker_credentials': [
        'Credentials until a pause',
        'This many that fail alike mean that upstream itself has a fault.',
      ],
      'token.breaker_window_s': ['Within', 'They must fail in this time.'],
      'token.breaker_trial_s': [
        'Trial after',
        'After a pause of this length one call tries again.',
      ],
      'token.stale_s': [
        'Quota becomes unknown',
        'A quota that could not be read for this long is unknown.',
      ],
      'token.probe_concurrency': ['Readings at once', 'Quotas that are read at the same time.'],
    },
    options: {
      url: 'Link (url)',
      b64_json: 'Base64 (b64_json)',
      base64: 'Data link (base64)',
      legacy: 'Through chat (legacy)',
      imagine_ws_experimental: 'Imagine connection (experimental)',
      g1: 'G1: by model (grok-3 … grok-4.20-beta)',
      g2: 'G2: by mode (grok-4.20 …)',
      g3: 'G3: by mode, over WebSocket (grok-chat-…)',
    },
  },
  zh: {
    groups: {
      app: '网关',
      grok: 'Grok',
      images: '图片',
      video: '视频',
      media: '媒体链接',
      cache: '缓存',
      stream: '流式回答',
      retry: '重试',
      token: '凭据池',
    },
    settings: {
      'app.app_url': ['公开地址', '图片与视频链接的开头；留空则使用请求的地址。'],
      'app.image_format': ['图片格式', '请求未指定时图片的返回方式。'],
      'app.time_zone': [
        '时区',
        '每日限额从何处的零点起算，例如 Asia/Shanghai；留空则用部署时的偏移。',
      ],
      'app.call_retention_days': ['日志保留', '更早的调用会从日志中移除，每日统计保留。'],
      'app.call_retention_rows': ['日志条数上限', '超出后移除最早的调用，每日统计保留。'],
      'app.audit_retention_days': ['审计日志保留', '更早的记录每天删除一次。'],
      'grok.temporary': ['临时对话', '对话不会出现在 Grok 账号的历史中。'],
      'grok.generations': ['模型代际', '提供哪些代际的模型；名称相同时由排在前面的提供。'],
      'grok.image_generation_method': ['绘图方式', 'grok-imagine-1.0 如何绘图。'],
      'grok.thinking': ['显示思考过程', '请求未指定时，回答中包含模型的思考。'],
      'grok.filter_tags': ['过滤标签', '回答中位于这些标签内的内容会被去除。'],
      'grok.x_statsig_id': ['x-statsig-id 请求头', '从您自己的浏览器复制的值，原样发送。'],
      'grok.cf_clearance': [
        'cf_clearance Cookie',
        '从您自己的浏览器复制的值，与其 User-Agent 一同原样发送。',
      ],
      'grok.user_agent': [
        '浏览器标识',
        '发送给 Grok 的 User-Agent，应与复制 Cookie 的浏览器一致。',
      ],
      'images.total_s': ['绘图时限', '绘图请求超过此时长即结束。'],
      'images.enable_nsfw': ['允许成人内容', '告知 Imagine 连接是否允许成人内容。'],
      'video.total_s': ['视频时限', '超过此时长仍未完成的视频视为失败。'],
      'video.poster_preview': ['以封面代替播放器', '对话回答中显示链接到视频的封面。'],
      'video.upscale': ['放大到 720p', '普通账号只能生成 480p 时，将 720p 请求放大。'],
      'media.open_links': ['免签名链接', '媒体链接对所有人永久有效，与旧版本相同。'],
      'media.link_hours': ['链接有效期', '签名链接超过此时长即失效。'],
      'media.reads_per_token': ['单凭据读取数', '同时读取同一账号文件的数量。'],
      'cache.enable_auto_clean': ['自动清理', '每天零点清理已过期的内容。'],
      'cache.limit_mb': ['缓存上限', '超出后先移除最久未读取的文件。'],
      'stream.head_ms': ['开始前等待', '已准入的流最迟在此时开始，使早期的失败保留其状态码。'],
      'stream.heartbeat_ms': ['心跳间隔', '静默超过此时长即发送心跳。'],
      'stream.first_part_s': ['首段等待', '超过此时长仍未开始的回答会换凭据重试。'],
      'stream.idle_s': ['段间等待', '静默超过此时长的回答会被结束。'],
      'stream.total_s': ['回答时限', '回答超过此时长即结束。'],
      'retry.max_attempts': ['尝试次数', '一次调用最多使用的凭据数，含首次。'],
      'token.max_in_flight': ['单凭据并发', '一个凭据同时服务的调用数，0 为不限。'],
      'token.unknown_in_flight': ['未知额度并发', '额度从未读取时同时服务的调用数。'],
      'token.limited_s': ['限流后休息', '上游未给出时间时，额度休息多久。'],
      'token.max_retry_after_s': ['最长等待', '上游给出的更长等待时间会被截短。'],
      'token.revoked_s': ['被拒后休息', '凭据不被接受后休息多久。'],
      'token.fail_threshold': ['失效阈值', '连续被拒达到此次数的凭据视为失效。'],
      'token.faulty_strikes': ['故障阈值', '连续失败达到此次数的凭据会休息。'],
      'token.faulty_s': ['故障后休息', '失败的凭据休息多久。'],
      'token.breaker_credentials': ['熔断凭据数', '这么多凭据以同样方式失败，说明上游本身有故障。'],
      'token.breaker_window_s': ['熔断时间窗', '须在此时间内失败。'],
      'token.breaker_trial_s': ['熔断后试探', '暂停此时长后放行一次调用试探。'],
      'token.stale_s': ['额度变为未知', '超过此时长无法读取的额度视为未知。'],
      'token.probe_concurrency': ['读取并发', '同时读取的额度数。'],
    },
    options: {
      url: '链接 (url)',
      b64_json: 'Base64 (b64_json)',
      base64: '数据链接 (base64)',
      legacy: '经由对话 (legacy)',
      imagine_ws_experimental: 'Imagine 连接（实验）',
      g1: 'G1：按模型（grok-3 … grok-4.20-beta）',
      g2: 'G2：按模式（grok-4.20 …）',
      g3: 'G3：按模式，经 WebSocket（grok-chat-…）',
    },
  },
};

/** What an option is called; itself where it has no name. */
export function optionName(texts: SettingTexts, option: string): string {
  const names: ReadonlyMap<string, string> = new Map(Object.entries(texts.options));
  return names.get(option) ?? option;
}
