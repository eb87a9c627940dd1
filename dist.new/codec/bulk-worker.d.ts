export {};
//# sourceMappingURL=bulk-worker.d.ts.map