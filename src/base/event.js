export const silent = () => { };
