export {};
//# sourceMappingURL=file-tree.js.map