/* SPDX-License-Identifier: MIT */
/*
 * true.c - ends well. The smallest program there is.
 */
int main(void)
{
    return 0;
}
