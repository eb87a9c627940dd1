/** Ingot as a library: what the command line does, with your own streams and settings. */
export { ToolError, type ErrorDetails } from './base/error.js';
export { ERROR_CODES, type ErrorClass, type ErrorCode } from './base/error-code.js';
export type { ByteStream } from './base/bytes.js';
export type { Note, Observer, Severity, ToolEvent } from './base/event.js';
export { DEFAULT_LIMITS, type Limits } from './base/limits.js';
export { type Digest, parseDigest } from './oci/digest.js';
export { type Platform, formatPlatform, parsePlatform } from './oci/platform.js';
export { type Reference, formatReference, parseReference } from './oci/reference.js';
export { DEFAULT_SETTINGS, PROFILE_IDS, type Profile, type ProfileSettings, profileOf } from './format/profile.js';
export { type OperationContext, contextWith } from './operation/context.js';
export { DEFAULT_TRANSFER, type LayerMode, type TransferOptions } from './operation/prepare.js';
export { type SaveOptions, type SaveOutput, save } from './operation/save.js';
export { type CopyOptions, type Destination, copy, listLoad, load } from './operation/transfer.js';
export { type VerifyOptions, verify } from './operation/verify/verify.js';
export { type DigestReport, archiveDigest, asIsDigest, imageDigests } from './operation/digest.js';
export { type Lock, lock, lockBytes, parseLock } from './operation/lock.js';
export { type InspectReport, inspect, inspectRaw } from './operation/inspect.js';
export { type TreeReport, tree } from './operation/tree.js';
export { type HistoryReport, history } from './operation/history.js';
export { type LsReport, ls } from './operation/ls.js';
export { type TreeLayersReport, treeLayers } from './operation/tree-layers.js';
export { type TreePlatformsReport, treePlatforms } from './operation/tree-platforms.js';
export { type WhatRequiresReport, whatRequires } from './operation/what-requires.js';
export type {
  CopyReport,
  ImageEntry,
  LoadReport,
  PushEntry,
  SaveReport,
  StoreReceipt,
  VerifyReport,
} from './operation/report.js';
export type { RegistrySettings } from './transport/registry/host.js';

/** The local store. Its verbs take a context with a `store`; `hostDefaults(process.env)` gives the one of the user. */
export type { StoreSetting } from './operation/context.js';
export { hostDefaults } from './operation/host.js';
export { type StockContext, withStore } from './operation/store-context.js';
export {
  type MigrateOptions,
  initStock as initStore,
  migrateStock as migrateStore,
  resetStock as resetStore,
  stockInfo as storeInfo,
} from './operation/stock/admin.js';
export { type CheckOptions, checkStore } from './operation/stock/check.js';
export { type Filter, parseFilter } from './operation/stock/filter.js';
export { DEFAULT_IMAGES, type ImagesOptions, images } from './operation/stock/images.js';
export { type LeaseOptions, addLease, leases, removeLeases } from './operation/stock/lease.js';
export { type TagOptions, type UntagOptions, pin, tag, untag } from './operation/stock/names.js';
export { pins } from './operation/stock/pins.js';
export { type GcOptions, type PruneOptions, gc, prune } from './operation/stock/prune.js';
export { DEFAULT_RMI, type RmiOptions, rmi } from './operation/stock/remove.js';
export { type RestoreOptions, restore, trash } from './operation/stock/restore.js';
export { df } from './operation/stock/usage.js';
export type {
  DfReport,
  FsckReport,
  GcReport,
  ImageRow,
  ImagesReport,
  LeaseReport,
  PinReport,
  PruneReport,
  RestoreReport,
  RmiReport,
  StoreReport,
  TagReport,
  TrashReport,
} from './operation/stock/report.js';
